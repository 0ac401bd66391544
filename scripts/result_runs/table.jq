# Numbers as docs/results.md has them.
def two: . * 100 | round / 100 | tostring | if test("\\.") then . + "0" else . + ".00" end | capture("(?<n>-?\\d+\\.\\d\\d)").n;
def mean: add / length;
def deviation: mean as $mean | (map((. - $mean) * (. - $mean)) | add / (length - 1)) | sqrt;
# Of shares, one per seed: their mean in per cent, with the deviation where there is more than one.
def percent:
  if length == 0 then "" else map(. * 100) | "\(mean | two)\(if length > 1 then " ± \(deviation | two)" else "" end)" end;
# Of cells {seed, top1}: the average of each seed that has n of them.
def averages($n): group_by(.seed) | map(select(length == $n) | map(.top1) | mean);
def digits: tostring | [scan("\\d")] | reverse | [_nwise(3) | reverse | add] | reverse | join(",");
