# costeffect.gp: what scenarios cost against what they bring: labelled points, 1 to 4 panels (models), shared axes.
# A thin line joins the points that no cheaper point surpasses.
#
# PREAMBLE, besides style.gp's                                            default
#   n_panels           models                                             1
#   panel_title[p]     model                                              ''
#   point_name[i]      scenarios, panel after panel: i counts the rows    (required)
#   point_style[i]     1 to 9 (see style.gp)                              1
#   x_title, x_unit, x_percent   cost                                     '', '', 0
#   y_title, y_unit, is_percent  effect                                   '', '', 0
#   level, level_name  a level of the effect, such as the tipping level   none
#   frontier           0: no line through the best buys                   1
#   frontier_name      what the line is called in the subtitle            'lijn: wat geen goedkopere overtreft'
#   n_cols, plot_height                                                   1, by n_panels
#
# DATA: block p (index p-1), p = 1 .. n_panels:   cost  effect     one row a scenario; ? where a run failed

if (!exists("n_panels"))     n_panels = 1
if (!exists("x_title"))      x_title = ''
if (!exists("x_unit"))       x_unit = ''
if (!exists("y_title"))      y_title = ''
if (!exists("y_unit"))       y_unit = ''
if (!exists("is_percent"))   is_percent = 0
if (!exists("level"))        level = NaN
if (!exists("level_name"))   level_name = ''
if (!exists("frontier"))     frontier = 1
if (!exists("frontier_name")) frontier_name = nl ? 'lijn: wat geen goedkopere overtreft' : 'line: what no cheaper one surpasses'
if (!exists("n_cols"))       n_cols = 1
if (!exists("plot_height"))  plot_height = n_panels == 1 ? 400 : n_panels == 2 ? 290 : 240
if (!exists("panel_title"))  { array panel_title[n_panels]; do for [p=1:n_panels] { panel_title[p] = '' } }

# Read: all points into arrays, panel after panel
max_points = 200
array cost[max_points]; array effect[max_points]; array of_panel[max_points]
n_points = 0
keep(x,y) = n_points >= max_points ? 0 : (n_points = n_points + 1, cost[n_points] = x, effect[n_points] = y, of_panel[n_points] = p, note(x,y))
eval forget_range
do for [p=1:n_panels] { stats data index p-1 using (keep(cell(1), cell(2))) nooutput }
if (!exists("point_style")) { array point_style[larger(1, n_points)]; do for [i=1:n_points] { point_style[i] = 1 } }
if (level == level) { y_lo = smaller(y_lo, level); y_hi = larger(y_hi, level) }
if (x_lo > x_hi) { x_lo = 0; x_hi = 1 }
if (frontier && n_points > 2) { subtitle = subtitle.(strlen(subtitle) ? '; ' : '').frontier_name }

# Measure
shared_y = 1; right_width = 16; title_lines = 0; unit_lines = 1; lane_rows = 0; lanes_everywhere = 0
y_tics = plot_height > 300 ? 5 : 4
x_text = ' '
x_tic(x) = x_value_format(x)
eval y_axis; eval measure_y_tics
left_width = y_tic_width + 10
do for [p=1:n_panels] { if (strlen(panel_title[p])) { title_lines = 1 } }
eval lay_out
eval x_value_axis
x_text = axis_name(x_title, x_unit_line(x_unit))

# Draw
eval begin_page
do for [p=1:n_panels] {
  panel = p
  eval place_panel
  show_x = is_bottom; show_y = is_left
  grid_axes = 'xtics ytics'
  eval draw_axes
  panel_text = panel_title[p]; unit_text = p == 1 ? axis_name(y_title, unit_line(y_unit)) : ''
  eval put_panel_title
  if (is_bottom) { eval put_x_title }
  box_n = 0
  if (level == level) {
    set arrow from first x_min,level to first x_max,level nohead ls 10
    text = level_name; talign = 'left'; tsize = size_small; tbold = 0; tcolour = dark; tx = plot_left + 6; ty = py(level) - 10; eval put_text
    bl = tx; br = tx + width(text, tsize); bt = ty - 9; bb = ty + 9; eval block_box
    bl = plot_left; br = plot_left + plot_width; bt = py(level) - 1; bb = py(level) + 1; eval block_box
  }
  # the points that no cheaper one surpasses, from cheap to dear
  array step_x[max_points]; array step_y[max_points]; n_steps = 0; done_cost = -1e300; done_effect = -1e300; more = 1
  while (more) {
    more = 0; pick = 0
    do for [i=1:n_points] { if (of_panel[i] == p && cost[i] == cost[i] && effect[i] == effect[i] && effect[i] > done_effect && cost[i] >= done_cost) {
      if (pick == 0 || cost[i] < cost[pick] || (cost[i] == cost[pick] && effect[i] > effect[pick])) { pick = i } } }
    if (pick > 0) { n_steps = n_steps + 1; step_x[n_steps] = cost[pick]; step_y[n_steps] = effect[pick]; done_cost = cost[pick]; done_effect = effect[pick]; more = 1 }
  }
  if (frontier && n_points > 2) { do for [j=2:n_steps] {
    set arrow from first step_x[j-1],step_y[j-1] to first step_x[j],step_y[j] nohead lw 1.4 lc rgb '#AAAAAA' back
    do for [k=1:12] { discard = block_point(step_x[j-1] + (step_x[j] - step_x[j-1])*k/13.0, step_y[j-1] + (step_y[j] - step_y[j-1])*k/13.0) }
  } }
  mark_n = 0; mark_size = size_small
  do for [i=1:n_points] { if (of_panel[i] == p && cost[i] == cost[i] && effect[i] == effect[i]) {
    same = 0; do for [j=1:mark_n] { if (abs(mark_x[j] - px(cost[i])) < 7 && abs(mark_y[j] - py(effect[i])) < 7) { same = j } }
    if (same) { mark_text[same] = mark_text[same]."\n".wrap(point_name[i], 190.0/mark_size) } \
    else { mark_n = mark_n + 1; mark_x[mark_n] = px(cost[i]); mark_y[mark_n] = py(effect[i]); mark_colour[mark_n] = ink[point_style[i]]; mark_text[mark_n] = wrap(point_name[i], 190.0/mark_size) }
    set label '' at first cost[i],effect[i] point pt shape[point_style[i]] ps 0.8 lc rgb colour[point_style[i]] front
  } }
  if (mark_n == 0) { eval say_no_data }
  eval put_marks
  eval put_notes
  plot data index p-1 using (cell(1)):(cell(2)) with points pt 7 ps 0.3 lc rgb '#AAAAAA' notitle
  unset label; unset arrow; unset object
}
eval end_page
