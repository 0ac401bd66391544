# A picture of averages for the page of results: of [{label, values: shares, one per seed}], a bar for each, its deviation over
# seeds as a line, and the number. Those without values are left out.
include "table";

def tenth: . * 10 | round / 10;

def bars($title):
  def x: 250 + 400 * .;
  def line($x1; $y1; $x2; $y2; $colour): "<line x1='\($x1 | tenth)' y1='\($y1)' x2='\($x2 | tenth)' y2='\($y2)' stroke='\($colour)'/>";
  def text($x; $y; $anchor): "<text x='\($x | tenth)' y='\($y)' text-anchor='\($anchor)'>\(.)</text>";
  map(select(.values | length > 0)) | (80 + 28 * length) as $height
  | "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 760 \($height)' width='760' font-family='sans-serif' font-size='13'>",
    "<title>\($title)</title>", "<rect width='760' height='\($height)' fill='white'/>", ($title | text(20; 24; "start")),
    (range(0; 6) / 5 | x as $x | line($x; 40; $x; $height - 34; "#dddddd"), (. * 100 | tenth | tostring | text($x; $height - 16; "middle"))),
    (to_entries[] | (44 + 28 * .key) as $y | .value | (.values | mean) as $mean | (.values | if length > 1 then deviation else 0 end) as $deviation
     | "<rect x='250' y='\($y)' width='\(400 * $mean | tenth)' height='20' fill='#4477aa'/>",
       line($mean - $deviation | x; $y + 10; $mean + $deviation | x; $y + 10; "black"),
       (.label | text(240; $y + 15; "end")), (.values | percent | text(662; $y + 15; "start"))),
    "</svg>";
