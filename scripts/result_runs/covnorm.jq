# Of all runs on domains: the table of methods, and a picture of their averages.
include "table";
include "chart";

def methods: ["classifier", "batch-norm", "svd", "covnorm", "adapters", "fine-tune", "covnorm, 8 epochs", "adapters, 8 epochs",
               "fine-tune, 8 epochs"];
def domains: map(.domain) | unique;
def cells($method): [.[] | . as $run | .methods[] | select(.method == $method) | . + ($run | {domain, seed})];
def span: (min | digits) as $low | (max | digits) as $high | if $low == $high then $low else "\($low) to \($high)" end;

def table:
  domains as $domains
  | "| method | \($domains | join(" | ")) | average | parameters added | of the backbone, % | KiB | seconds |",
    "|---|\($domains | map("---|") | add)---|---|---|---|---|",
    (methods[] as $method | cells($method) | select(. != [])
     | "| \($method) | " + ([$domains[] as $d | map(select(.domain == $d).top1) | percent] | join(" | ")) +
       " | \(averages($domains | length) | percent) | \(map(.added) | span) | \(map(.share * 100) | mean | two) | " +
       "\(map(.bytes / 1024 | round) | span) | \(map(.seconds) | mean | round) |");

def picture:
  domains as $domains
  | [methods[] as $method | cells($method) | select(. != [])
     | {label: "\($method), \(map(.share * 100) | mean | two) % added", values: averages($domains | length)}]
  | bars("Average top-1 of \($domains | length) domains, %");
