# phase.gp: phase plane: paths through two stocks, where they come to rest, and the separatrix between the basins.
#
# PREAMBLE, besides style.gp's                                            default
#   x_title, x_unit, x_percent, y_title, y_unit, is_percent   axes        '', '', 0
#   n_points           equilibria                                         0
#     point_kind[i]    'stable', 'saddle' or 'unstable'                   (required)
#     point_name[i]    e.g. 'opgesloten'                                  ''
#   has_separatrix, separatrix_name   a block of its points               0, 'scheiding' / 'separatrix'
#   n_nullclines, nullcline_name[k]                                       0, ''
#   n_paths, path_name[k], path_style[k]   scenarios or starts            0, '', 1 (9 where many have no name)
#   has_basin, basin_name   a grid of what ends high (1) and low (0)      0, 'kantelt' / 'tips'
#   x_from, x_until, y_from, y_until   axes                               the data's
#   plot_height        pixels                                             440
#
# DATA, blocks in this order (those with n = 0 left out), each   x  y   in order along the line:
#   the equilibria, a row each; the separatrix (parts of it parted by one empty line); each nullcline; each path;
#   the basin as a grid   x  y  0|1|?   with rows of one x parted by one empty line, equal steps

if (!exists("x_title"))       x_title = ''
if (!exists("x_unit"))        x_unit = ''
if (!exists("y_title"))       y_title = ''
if (!exists("y_unit"))        y_unit = ''
if (!exists("is_percent"))    is_percent = 0
if (!exists("n_points"))      n_points = 0
if (!exists("has_separatrix")) has_separatrix = 0
if (!exists("separatrix_name")) separatrix_name = nl ? 'scheiding' : 'separatrix'
if (!exists("n_nullclines"))  n_nullclines = 0
if (!exists("n_paths"))       n_paths = 0
if (!exists("has_basin"))     has_basin = 0
if (!exists("basin_name"))    basin_name = nl ? 'vanaf hier kantelt het' : 'tips from here'
if (!exists("plot_height"))   plot_height = 440
if (!exists("nullcline_name")) { array nullcline_name[larger(1, n_nullclines)]; do for [k=1:n_nullclines] { nullcline_name[k] = '' } }
if (!exists("path_name"))     { array path_name[larger(1, n_paths)];  do for [k=1:n_paths] { path_name[k] = '' } }
if (!exists("path_style"))    { array path_style[larger(1, n_paths)]; do for [k=1:n_paths] { path_style[k] = strlen(path_name[k]) ? 1 + (k - 1) % 8 : 9 } }
if (!exists("point_name"))    { array point_name[larger(1, n_points)]; do for [k=1:n_points] { point_name[k] = '' } }

points_at = 0; separatrix_at = (n_points > 0); nullclines_at = separatrix_at + has_separatrix
paths_at = nullclines_at + n_nullclines; basin_at = paths_at + n_paths

# Read. Nullclines do not set the axes: they may run far.
array rest_x[larger(1, n_points)]; array rest_y[larger(1, n_points)]; n_read = 0
do for [i=1:n_points] { rest_x[i] = NaN; rest_y[i] = NaN }
keep(x,y) = n_read >= n_points ? 0 : (n_read = n_read + 1, rest_x[n_read] = x, rest_y[n_read] = y, note(x,y))
eval forget_range
if (n_points) { stats data index points_at using (keep(cell(1), cell(2))) nooutput }
do for [k=1:n_paths] { stats data index paths_at+k-1 using (note(cell(1), cell(2))) nooutput }
n_x = 0; last_y = NaN; y_gap = 1e300; n_drawn = n_seen
see(x,y,z) = (z == z ? (n_drawn = n_drawn + 1) : 0, x != end_x ? (n_x = n_x + 1) : 0, last_y == last_y && y != last_y ? (y_gap = smaller(y_gap, abs(y - last_y))) : 0, last_y = y, note(x,y))
if (has_basin) { end_x = NaN; stats data index basin_at using (see(column(1), column(2), cell(3))) nooutput; basin_lo = x_lo; basin_hi = x_hi; basin_bottom = y_lo; basin_top = y_hi }
if (n_seen == 0 && has_separatrix) { stats data index separatrix_at using (note(cell(1), cell(2))) nooutput }
if (exists("x_from")) { x_lo = x_from }
if (exists("x_until")) { x_hi = x_until }
if (exists("y_from")) { y_lo = y_from }
if (exists("y_until")) { y_hi = y_until }
if (x_lo > x_hi) { x_lo = 0; x_hi = 1 }
x_half = has_basin && n_x > 1 ? 0.5*(basin_hi - basin_lo)/(n_x - 1) : 0; y_half = 0.5*y_gap

# Measure
n_panels = 1; n_cols = 1; shared_y = 0; right_width = 20; title_lines = 0; unit_lines = 1; lane_rows = 0; lanes_everywhere = 0
y_tics = 5; show_x = 1; show_y = 1; x_text = ' '
x_tic(x) = x_value_format(x)
eval y_axis; if (has_basin) { y_min = smaller(y_lo, basin_bottom); y_max = larger(y_hi, basin_top) }
eval measure_y_tics
left_width = y_tic_width + 10
kinds_seen = ''; do for [i=1:n_points] { if (!strstrt(kinds_seen, point_kind[i])) { kinds_seen = kinds_seen.' '.point_kind[i] } }
add_kind = 'legend_n = legend_n + 1; legend_text[legend_n] = kind_text; legend_style[legend_n] = 7; legend_kind[legend_n] = kind_shape'
if (strstrt(kinds_seen, 'stable') && kinds_seen[1:9] ne ' unstable') { kind_text = nl ? 'stabiele rust' : 'stable rest'; kind_shape = 'point'; eval add_kind }
if (strstrt(kinds_seen, 'saddle') || strstrt(kinds_seen, 'unstable')) { kind_text = nl ? 'onstabiel evenwicht' : 'unstable equilibrium'; kind_shape = 'hollow'; eval add_kind }
if (has_basin) { legend_n = legend_n + 1; legend_text[legend_n] = basin_name; legend_style[legend_n] = 1; legend_kind[legend_n] = 'region' }
eval lay_out
eval x_value_axis; if (has_basin) { x_min = smaller(x_lo, basin_lo); x_max = larger(x_hi, basin_hi) }
x_text = axis_name(x_title, x_unit_line(x_unit))

# Draw
eval begin_page
panel = 1
eval place_panel
grid_axes = has_basin ? '' : 'xtics ytics'
eval draw_axes
panel_text = ''; unit_text = axis_name(y_title, unit_line(y_unit))
eval put_panel_title
eval put_x_title

# Names: at the place of each line that lies a set part along its way through the plot; arrows halfway
inside(x,y) = x == x && y == y && x >= x_min && x <= x_max && y >= y_min && y <= y_max
walk(x,y) = inside(x,y) ? (was_in ? (way = way + sqrt((px(x) - was_x)**2 + (py(y) - was_y)**2)) : 0, was_x = px(x), was_y = py(y), was_in = 1, way > next_block ? (block_point(x,y), next_block = way + 9) : 0, 0) : (was_in = 0)
seek(x,y) = inside(x,y) ? (was_in ? (way = way + sqrt((px(x) - was_x)**2 + (py(y) - was_y)**2)) : 0, \
            found != found && way >= goal ? (found = x, found_y = y, before_x = was_x, before_y = was_y) : 0, was_x = px(x), was_y = py(y), was_in = 1, 0) : (was_in = 0)
find_along = '\
  way = 0; was_in = 0; next_block = -1; stats data index at_block using (walk(cell(1), cell(2))) nooutput; \
  goal = part*way; way = 0; was_in = 0; found = NaN; found_y = NaN; before_x = NaN; before_y = NaN; \
  stats data index at_block using (seek(cell(1), cell(2))) nooutput \
'
box_n = 0; mark_n = 0; mark_size = size_small
do for [i=1:n_points] { if (inside(rest_x[i], rest_y[i])) { mark_n = mark_n + 1; mark_x[mark_n] = px(rest_x[i]); mark_y[mark_n] = py(rest_y[i]); mark_text[mark_n] = wrap(point_name[i], 180.0/size_small); mark_colour[mark_n] = dark; mark_bold[mark_n] = 1 } }
add_mark = 'if (found == found && strlen(name)) { mark_n = mark_n + 1; mark_bold[mark_n] = 0; mark_x[mark_n] = px(found); mark_y[mark_n] = py(found_y); mark_text[mark_n] = wrap(name, 170.0/size_small); mark_colour[mark_n] = name_colour }'
if (has_separatrix) { at_block = separatrix_at; part = 0.3; eval find_along; name = separatrix_name; name_colour = ink[6]; eval add_mark }
do for [k=1:n_nullclines] { at_block = nullclines_at + k - 1; part = 0.85; eval find_along; name = nullcline_name[k]; name_colour = soft; eval add_mark }
do for [k=1:n_paths] {
  at_block = paths_at + k - 1; part = 0.55; eval find_along
  if (found == found && before_x == before_x && way > 30) {
    reach = 7/larger(0.01, sqrt((px(found) - before_x)**2 + (py(found_y) - before_y)**2))
    set arrow from screen sx(px(found) - reach*(px(found) - before_x)),sy(py(found_y) - reach*(py(found_y) - before_y)) to screen sx(px(found)),sy(py(found_y)) size screen 0.014,22 fixed filled lw 1.5 lc rgb colour[path_style[k]] front }
  name = path_name[k]; name_colour = ink[path_style[k]]; part = 0.35; eval find_along; eval add_mark
}
eval put_marks
do for [i=1:n_points] { if (inside(rest_x[i], rest_y[i])) {
  set label '' at first rest_x[i],rest_y[i] point pt 7 ps 1.15 lc rgb (point_kind[i] eq 'stable' ? '#FFFFFF' : '#000000') front
  set label '' at first rest_x[i],rest_y[i] point pt 7 ps (point_kind[i] eq 'stable' ? 0.95 : 0.75) lc rgb (point_kind[i] eq 'stable' ? '#000000' : '#FFFFFF') front } }
if (n_drawn == 0 && !has_separatrix) { eval say_no_data }
note_halo = 1; eval put_notes
set style line 22 lc rgb colour[6] lw 2.6 dt (5,3)
set style line 23 lc rgb '#999999' lw 1.6 dt (2,3)
what = has_basin ? 'data index basin_at using (cell(3) > 0.5 ? $1 : NaN):2:($1-x_half):($1+1.05*x_half):($2-y_half):($2+1.05*y_half) with boxxyerror fs solid noborder fc rgb region notitle, ' : ''
what = what.(n_nullclines ? 'for [k=1:n_nullclines] data index nullclines_at+k-1 using (cell(1)):(cell(2)) with lines ls 23 notitle, ' : '')
what = what.(n_paths ? 'for [k=1:n_paths] data index paths_at+k-1 using (cell(1)):(cell(2)) with lines ls path_style[k] notitle, ' : '')
what = what.(has_separatrix ? 'data index separatrix_at using (cell(1)):(cell(2)) with lines ls 22 notitle, ' : '')
eval 'plot '.what.'NaN notitle'
eval end_page
