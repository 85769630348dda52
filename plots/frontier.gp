# frontier.gp: how much a year for how long: the least amount that tips for each duration, with lines of equal cost.
#
# PREAMBLE, besides style.gp's                                            default
#   x_title, x_unit    the duration                                       'duur van de steun', 'jaar'
#   y_title, y_unit, is_percent   the amount a year                       '', '', 0
#   n_groups, group_name[g], group_style[g]   frontiers (models)          1, '', g
#   has_band           1: columns 3 and 4 hold the lower and upper ends   0
#   has_grid, z_title  1: the last block is a grid of chance (0 to 1) or outcome 0/1, drawn as shades      0, 'kans op kantelen'
#   cost_factor        cost = cost_factor × amount × duration             1
#   n_costs, cost[i]   totals of which lines are drawn                    4 round ones; 0 = none
#   cost_is_money      1: totals read as euros                            1
#   cost_name[i], cost_x[i], cost_y[i]   lines of equal cost in blocks of their own, the first through the
#                      cheapest point; what they are called, and where    none: they are computed
#   cost_title         what these lines are                               'gelijke totale kosten'
#   has_region, cell_width, cell_height   1: the ground above the first frontier is shaded; the block after
#                      the frontiers holds cells that are otherwise       0
#   y_top              the amount at the top edge                         what all fits in
#   undecided_name     of cells of kind 2, where there are any            ''
#   best_x, best_y, best_name   the cheapest point                        none
#   n_marks, mark_at_x[i], mark_at_y[i], mark_name[i]   other points, such as the announced budget   0
#   above_name, below_name   what holds on either side                    'kantelt' / 'valt terug'
#   plot_height        pixels                                             400
#
# DATA: block g (index g-1):   duration  least amount  [lower  upper]     ? where no amount tips
# then, where has_grid:   duration  amount  z     rows of one duration each, parted by one empty line; equal steps
# or, where has_region:   duration  amount  kind  0 does not tip, 1 tips, 2 undecided, 3 failed
# then, where cost_name[i] is set:  a block a cost:   duration  amount

if (!exists("x_title"))      x_title = nl ? 'duur van de steun' : 'duration of support'
if (!exists("x_unit"))       x_unit = nl ? 'jaar' : 'years'
if (!exists("y_title"))      y_title = nl ? 'bedrag' : 'amount'
if (!exists("y_unit"))       y_unit = nl ? 'euro per jaar' : 'euros a year'
if (!exists("is_percent"))   is_percent = 0
if (!exists("n_groups"))     n_groups = 1
if (!exists("has_band"))     has_band = 0
if (!exists("has_grid"))     has_grid = 0
if (!exists("z_title"))      z_title = nl ? 'kans op kantelen' : 'chance of tipping'
if (!exists("cost_factor"))  cost_factor = 1
if (!exists("cost_is_money")) cost_is_money = 1
if (!exists("cost_title"))   cost_title = nl ? 'gelijke totale kosten' : 'equal total cost'
if (!exists("has_region"))   has_region = 0
if (!exists("undecided_name")) undecided_name = ''
has_cost_blocks = exists("cost_name")
if (!exists("best_x"))       { best_x = NaN; best_y = NaN }
if (!exists("best_name"))    best_name = nl ? 'goedkoopst' : 'cheapest'
if (!exists("n_marks"))      n_marks = 0
if (!exists("above_name"))   above_name = nl ? 'kantelt en blijft' : 'tips and stays'
if (!exists("below_name"))   below_name = nl ? 'valt terug' : 'falls back'
if (!exists("plot_height"))  plot_height = 400
if (!exists("group_name"))   { array group_name[n_groups];  do for [g=1:n_groups] { group_name[g] = '' } }
if (!exists("group_style"))  { array group_style[n_groups]; do for [g=1:n_groups] { group_style[g] = g } }

# Read
eval forget_range
do for [g=1:n_groups] {
  stats data index g-1 using (note(cell(1), cell(2))) nooutput
  if (has_band) { stats data index g-1 using (note(cell(1), cell(4))) nooutput }
}
if (best_x == best_x) { discard = note(best_x, best_y) }
do for [i=1:n_marks] { discard = note(mark_at_x[i], mark_at_y[i]) }
n_x = 0; last_y = NaN; y_gap = 1e300
see(x,y) = (x != end_x ? (n_x = n_x + 1) : 0, last_y == last_y && y != last_y ? (y_gap = smaller(y_gap, abs(y - last_y))) : 0, last_y = y, note(x,y))
x_half = 0; y_half = 0
if (has_grid) { end_x = NaN; x_lo = 1e300; x_hi = -1e300; y_lo = 1e300; y_hi = -1e300
  stats data index n_groups using (see(column(1), column(2))) nooutput
  x_half = n_x > 1 ? 0.5*(x_hi - x_lo)/(n_x - 1) : 0; y_half = y_gap < 1e300 ? 0.5*y_gap : 0 }
if (x_lo > x_hi) { x_lo = 0; x_hi = 1 }
if (y_lo > y_hi) { y_lo = 0; y_hi = 1 }
if (!has_grid) { x_lo = 0; y_lo = 0 }

# Measure
n_panels = 1; n_cols = 1; shared_y = 0; title_lines = 0; unit_lines = 1; lanes_everywhere = 0; lane_rows = 0
y_tics = 5; show_x = 1; show_y = 1; x_text = ' '
x_tic(x) = x_value_format(x)
grid_x_lo = x_lo; grid_x_hi = x_hi; grid_y_lo = y_lo; grid_y_hi = y_hi
eval y_axis
if (has_grid) { y_min = grid_y_lo - y_half; y_max = grid_y_hi + y_half }
if (exists("y_top")) { y_hi = y_top; y_lo = 0; eval y_axis; y_max = y_top }
eval measure_y_tics
left_width = y_tic_width + 10
cost_text(c) = cost_is_money ? euro(c) : human(c)
if (!exists("n_costs")) {
  cost_step = nice(cost_factor*x_hi*y_max, 8)
  n_costs = 4; array cost[4] = [0.5*cost_step, cost_step, 2*cost_step, 4*cost_step] }
if (has_grid) { legend_n = 1; legend_kind[1] = 'scale'; legend_text[1] = z_title; legend_style[1] = 7; scale_low = '0%'; scale_high = '100%' }
do for [g=1:(n_groups > 1 ? n_groups : 0)] { legend_n = legend_n + 1; legend_kind[legend_n] = 'line'; legend_style[legend_n] = group_style[g]; legend_text[legend_n] = group_name[g] }
if (n_costs) { legend_n = legend_n + 1; legend_kind[legend_n] = 'line'; legend_style[legend_n] = 23; legend_text[legend_n] = cost_title }
if (strlen(undecided_name)) { legend_n = legend_n + 1; legend_kind[legend_n] = 'area'; legend_style[legend_n] = 2; legend_text[legend_n] = undecided_name }
right_width = 24; do for [i=1:(has_cost_blocks ? 0 : n_costs)] { right_width = larger(right_width, 14 + width(cost_text(cost[i]), size_small)) }
set style line 23 lc rgb (has_cost_blocks ? '#666666' : '#888888') lw 1.2 dt (2,3)
eval lay_out
eval x_value_axis
x_step = time_step(x_hi - x_lo, plot_width/90)
x_min = has_grid ? grid_x_lo - x_half : 0; x_max = has_grid ? grid_x_hi + x_half : x_step*ceil(x_hi/x_step - 1e-6)
x_text = axis_name(x_title, x_unit_line(x_unit))

# Draw
eval begin_page
panel = 1
eval place_panel
grid_axes = has_grid ? '' : 'xtics ytics'
eval draw_axes
panel_text = ''; unit_text = axis_name(y_title, unit_line(y_unit))
eval put_panel_title
eval put_x_title
box_n = 0
do for [i=1:(has_cost_blocks ? 0 : n_costs)] { if (1.0*cost[i]/cost_factor/x_max < y_max) {        # totals at the right end of their lines
  text = cost_text(cost[i]); talign = 'left'; tx = plot_left + plot_width + 6; ty = py(larger(y_min, 1.0*cost[i]/cost_factor/x_max)); tsize = size_small; tbold = 0; tcolour = soft
  if (covered(tx, ty - 9, tx + 20, ty + 9) == 0) { eval put_text }
  bl = tx; br = tx + width(text, tsize); bt = ty - 9; bb = ty + 9; eval block_box
} }
do for [i=1:(has_cost_blocks ? n_costs : 0)] { if (strlen(cost_name[i]) && cost_y[i] < y_max) {      # or on the lines
  text = cost_name[i]; talign = 'center'; tx = px(cost_x[i]); ty = py(cost_y[i]); tsize = size_small; tbold = 0; tcolour = soft
  bl = tx - 0.5*width(text, tsize) - 4; br = 2*tx - bl; bt = ty - 10; bb = ty + 10
  if (bl > plot_left && br < plot_left + plot_width && covered(bl, bt, br, bb) == 0) { eval put_halo; eval put_text; eval block_box }
} }
# Where the frontier runs, for names and regions
array low[samples]; array high[samples]; array mean_x[n_groups]; array mean_y[n_groups]
every_nth = 1; n_on = 0
on(x,y) = x != x || y != y ? 0 : (n_on = n_on + 1, block_point(x,y), x < x_min || x > x_max ? 0 : (j = 1 + int((samples - 1)*(x - x_min)/(x_max - x_min)), \
          low[j] = smaller(low[j], y), high[j] = larger(high[j], y), 0), last_x == last_x && last_y == last_y ? (block_between(0), 0) : 0, last_x = x, last_y = y, 0)
block_between(unused) = sum [k=1:8] block_point(last_x + (x_now - last_x)*k/9.0, last_y + (y_now - last_y)*k/9.0)
walk(x,y) = (x_now = x, y_now = y, on(x,y))
do for [j=1:samples] { low[j] = 1e300; high[j] = -1e300 }
mark_n = 0; mark_size = size_small; n_any = 0
do for [g=1:n_groups] {
  last_x = NaN; last_y = NaN; eval forget_end
  stats data index g-1 using (walk(cell(1), cell(2)), note(cell(1), cell(2))) nooutput
  mean_x[g] = NaN
  if (n_seen) { n_any = n_any + n_seen; n_half = int((0.4 + 0.4*g/n_groups)*n_seen); n_count = 0
    stats data index g-1 using (cell(2) == cell(2) ? (n_count = n_count + 1, n_count == n_half + 1 ? (mean_x[g] = cell(1), mean_y[g] = cell(2), 0) : 0) : 0) nooutput }
}
if (best_x == best_x) { mark_n = mark_n + 1; mark_x[mark_n] = px(best_x); mark_y[mark_n] = py(best_y); mark_text[mark_n] = wrap(best_name, 200.0/size_small); mark_bold[mark_n] = 1; mark_colour[mark_n] = dark
  set label '' at first best_x,best_y point pt 7 ps 1.1 lc rgb '#FFFFFF' front; set label '' at first best_x,best_y point pt 7 ps 0.85 lc rgb dark front }
do for [i=1:n_marks] { mark_n = mark_n + 1; mark_x[mark_n] = px(mark_at_x[i]); mark_y[mark_n] = py(mark_at_y[i]); mark_text[mark_n] = wrap(mark_name[i], 200.0/size_small); mark_bold[mark_n] = 0; mark_colour[mark_n] = dark
  set label '' at first mark_at_x[i],mark_at_y[i] point pt 5 ps 0.95 lc rgb '#FFFFFF' front; set label '' at first mark_at_x[i],mark_at_y[i] point pt 5 ps 0.7 lc rgb dark front }
do for [g=1:n_groups] { if (n_groups == 1 && mean_x[g] == mean_x[g] && strlen(group_name[g])) { mark_n = mark_n + 1; mark_x[mark_n] = px(mean_x[g]); mark_y[mark_n] = py(mean_y[g]); mark_text[mark_n] = wrap(group_name[g], 180.0/size_small); mark_bold[mark_n] = 1; mark_colour[mark_n] = has_grid ? dark : ink[group_style[g]] } }
mark_halo = has_grid || has_region
eval put_marks
if (n_any == 0 && !has_grid) { eval say_no_data }
# names of the regions, in the middle of the room above and below all frontiers
do for [side=0:1] { text = side ? above_name : below_name
  if (strlen(text) && (n_any || has_grid)) {
    do for [j=1:samples] { room_low[j] = side ? (high[j] > -1e300 ? high[j] : NaN) : y_min; room_high[j] = side ? y_max : (low[j] < 1e300 ? low[j] : NaN) }
    do for [j=2:samples] { if (room_low[j] != room_low[j]) { room_low[j] = room_low[j-1] }; if (room_high[j] != room_high[j]) { room_high[j] = room_high[j-1] } }
    do for [j=1:samples] { if (room_low[j] != room_low[j]) { room_low[j] = y_max }; if (room_high[j] != room_high[j]) { room_high[j] = y_min } }
    eval find_room
    if (room_found) { tx = plot_left + plot_width*room_x; ty = py(room_y); tsize = size_text; tbold = 1; tcolour = '#333333'; talign = 'center'; half_name = 0.5*width(text, tsize)*bold_factor
      best_shift = 0; fewest = 1e9; column_of = 1 + int((samples - 1)*room_x)
      do for [step=0:8] { do for [up=-1:1:2] { moved = ty + up*step*16
        if (moved > plot_bottom - plot_height + 12 && moved < plot_bottom - 12 && moved + 10 < py(room_low[column_of]) && moved - 10 > py(room_high[column_of])) {
          n_covered = covered(tx - half_name, moved - 10, tx + half_name, moved + 10)
          if (n_covered < fewest) { fewest = n_covered; best_shift = moved - ty } } } }
      ty = ty + best_shift; note_halo = 1; eval put_halo; eval put_text }
  } }
note_halo = 1; eval put_notes
what = has_grid ? 'data index n_groups using (cell(3) == cell(3) ? $1 : NaN):2:($1-x_half):($1+1.06*x_half):($2-y_half):($2+1.06*y_half):(cell(3)) with boxxyerror fs solid noborder fc palette notitle, ' : ''
what = what.(has_band ? 'for [g=1:n_groups] data index g-1 using 1:(cell(3)):(cell(4)) with filledcurves fs transparent solid 0.25 noborder fc rgb colour[group_style[g]] notitle, ' : '')
what = what.(has_region ? 'data index 0 using 1:(cell(2)):(y_max) with filledcurves fs solid noborder fc rgb region notitle, ' : '')
kind_colour(k) = k == 0 ? 0xFFFFFF : k == 1 ? region_rgb : k == 2 ? undecided_rgb : 0xE4E4E4
region_rgb = int('0x'.region[2:7]); undecided_rgb = int('0x'.(area[2])[2:7])
what = what.(has_region ? 'data index n_groups using 1:2:($1-0.5*cell_width):($1+0.5*cell_width):($2-0.5*cell_height):($2+0.5*cell_height):(kind_colour($3)) with boxxyerror fs solid noborder lc rgb variable notitle, ' : '')
what = what.(n_costs && has_cost_blocks ? 'for [i=1:n_costs] data index n_groups+has_region+i-1 using 1:(cell(2)) with lines ls 23 notitle, ' : '')
what = what.(n_costs && !has_cost_blocks ? 'for [i=1:n_costs] [t=0.001:1] "+" using (x_min + (x_max - x_min)*$1):(1.0*cost[i]/cost_factor/(x_min + (x_max - x_min)*$1)) with lines ls 23 notitle, ' : '')
what = what.(has_grid ? 'for [g=1:n_groups] data index g-1 using 1:(cell(2)) with lines lc rgb "#FFFFFF" lw 6 notitle, ' : '')
what = what.'for [g=1:n_groups] data index g-1 using 1:(cell(2)) with lines ls group_style[g] title group_name[g]'
set cbrange [0:1]; set samples 200
eval 'plot '.what
eval end_page
