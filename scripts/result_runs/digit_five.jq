# Of all runs on Digit-Five: the tables of methods by what chose the epoch, and a picture of their averages.
include "table";
include "chart";

def targets: ["mnist", "mnistm", "svhn", "usps", "synth"];
def rows:
  {label: "source-only, static", method: "source-only-static", stage: "adapt"},
  {label: "source-only, dynamic", method: "source-only", stage: "adapt"},
  {label: "MCD, static", method: "mcd-static", stage: "adapt"},
  {label: "DRT losses, static", method: "drt+st-static", stage: "adapt"},
  {label: "DRT", method: "drt+st", stage: "adapt"},
  {label: "DRT, attention not trained", method: "drt-fixed", stage: "adapt"},
  {label: "DRT losses and self-training, static", method: "drt+st-static", stage: "self-train"},
  {label: "DRT and self-training", method: "drt+st", stage: "self-train"};
# by: top1, chosen without labels, or oracle. Seconds are those of all stages up to the row's.
def cells($row; $by):
  [.[] | select(.method == $row.method) | .stages |= .[:(map(.stage) | index($row.stage)) + 1]
   | {target, seed, top1: .stages[-1][$by], seconds: (.stages | map(.seconds) | add)}];

def table($by):
  "| method | \(targets | join(" | ")) | average | seconds a run |", "|---|\(targets | map("---|") | add)---|---|",
  (rows as $row | cells($row; $by) | select(length > 0)
   | "| \($row.label) | " + ([targets[] as $t | map(select(.target == $t).top1) | percent] | join(" | ")) +
     " | \(averages(targets | length) | percent) | \(map(.seconds) | mean | round) |");

def picture:
  [rows as $row | {label: $row.label, values: cells($row; "top1") | averages(targets | length)}]
  | bars("Average top-1 of five targets, epochs chosen without labels, %");
