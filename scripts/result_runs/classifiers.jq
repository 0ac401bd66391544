# Of the runs of one group and data set: the table of its networks.
include "table";

def table:
  (reduce sort_by(.seed)[] as $run ({}; .[$run.name] += [$run])) as $rows
  | "| | network | parameters | MAdds | top-1 | seeds | CPU minutes a run |", "|---|---|---|---|---|---|---|",
    ($rows | to_entries[] | .value as $runs | $runs[0]
     | "| \(.name) | `\(.network)` | \(.parameters | digits) | \(.madds | digits) | \($runs | map(.test_top1) | percent) | " +
       "\($runs | map(.seed | tostring) | join(", ")) | \($runs | map(.cpu_minutes) | mean * 10 | round / 10) |"),
    "",
    "Trained by `\(.[0].command | sub("--model .* --recipe"; "--model NETWORK --recipe") | sub("--seed .*"; "--seed SEED"))`.";
