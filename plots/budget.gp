# budget.gp: the chance of tipping against the budget, with its confidence band; where it passes a half is marked.
# Several panels are several populations: all draws, those that are locked in without support.
#
# PREAMBLE, besides style.gp's                                            default
#   x_title, x_unit    the budget                                         'publiek geld', 'euro'
#   y_title            what the chance is of                              'kans op kantelen'
#   n_groups, group_name[g], group_style[g]   curves (models)             1, '', g
#   n_panels, panel_title[p]   populations                                1, ''
#   level              the chance that is marked                          0.5
#   level_x[i]         the budget there, as reckoned by the program,      read off the curve; NaN = never
#                      i = (p-1)*n_groups + g
#   n_budgets, budget_at[i], budget_name[i]   budgets to mark, such as the announced one   0
#   plot_height        pixels                                             380; 280 of several panels
#
# DATA: block i (index i-1):   budget  chance (0 to 1)  [lower  upper]

if (!exists("x_title"))     x_title = nl ? 'publiek geld' : 'public money'
if (!exists("x_unit"))      x_unit = 'euro'
if (!exists("y_title"))     y_title = nl ? 'kans op kantelen' : 'chance of tipping'
if (!exists("n_groups"))    n_groups = 1
if (!exists("level"))       level = 0.5
if (!exists("n_budgets"))   n_budgets = 0
if (!exists("n_panels"))    n_panels = 1
if (!exists("plot_height")) plot_height = n_panels == 1 ? 380 : 280
if (!exists("panel_title")) { array panel_title[n_panels]; do for [p=1:n_panels] { panel_title[p] = '' } }
if (!exists("group_name"))  { array group_name[n_groups];  do for [g=1:n_groups] { group_name[g] = '' } }
if (!exists("group_style")) { array group_style[n_groups]; do for [g=1:n_groups] { group_style[g] = g } }

# Read, and read off the budget where each curve rises through the level; i = (p-1)*n_groups + g
n_curves = n_panels*n_groups
array at_x[n_curves]; array at_y[n_curves]; array reached[n_curves]
passed(x,y) = x != x || y != y ? 0 : (passed_x != passed_x && last_y == last_y && last_y < level && y >= level ? passed_x = last_x + (x - last_x)*(level - last_y)/(y - last_y) : 0, last_x = x, last_y = y, 0)
eval forget_range
do for [i=1:n_curves] {
  eval forget_end; passed_x = NaN; last_x = NaN; last_y = NaN
  stats data index i-1 using (note(cell(1), cell(2)), passed(cell(1), cell(2))) nooutput
  at_x[i] = end_x; at_y[i] = end_y; reached[i] = exists("level_x") ? level_x[i] : passed_x
}
do for [k=1:n_budgets] { x_lo = smaller(x_lo, budget_at[k]); x_hi = larger(x_hi, budget_at[k]) }
if (x_lo > x_hi) { x_lo = 0; x_hi = 1 }
y_lo = 0; y_hi = 1

# Measure
n_cols = n_panels == 1 ? 1 : 2; shared_y = n_panels > 1; title_lines = 0; unit_lines = 1; lanes_everywhere = 0
lane_rows = n_budgets
is_percent = 1; y_tics = 5; show_x = 1; show_y = 1; x_text = ' '
x_tic(x) = x_value_format(x)
eval y_axis; eval measure_y_tics
left_width = y_tic_width + 10; right_width = 20; label_size = n_panels == 1 ? size_label : size_small
label_of(g,i) = (strlen(group_name[g]) ? group_name[g].' ' : '').val(at_y[i])
label_room = n_panels == 1 ? 190 : 100
do for [p=1:n_panels] { do for [g=1:n_groups] { i = (p-1)*n_groups + g
  if (at_y[i] == at_y[i]) { right_width = larger(right_width, 16 + smaller(label_room, widest(label_of(g,i), label_size))) } } }
eval lay_out
do for [p=1:n_panels] { if (strlen(panel_title[p])) { title_lines = larger(title_lines, lines(wrap(panel_title[p], (plot_width + right_width)/(size_text*bold_factor)))) } }
eval lay_out
eval x_value_axis
x_text = axis_name(x_title, x_unit_line(x_unit))
money(v) = strstrt(x_unit, 'euro') == 1 ? euro(round3(v)) : human(round3(v)).' '.x_unit

# Draw
n_steps = int(larger(1, smaller(9, 0.8*box_max/n_groups/larger(1, n_seen))))     # of a curve between two of its points, for names to keep clear of
walk(x,y) = x != x || y != y ? 0 : (last_x == last_x ? (sum [k=0:n_steps-1] block_point(last_x + (x - last_x)*k/(1.0*n_steps), last_y + (y - last_y)*k/(1.0*n_steps))) : 0, last_x = x, last_y = y, 0)
eval begin_page
do for [p=1:n_panels] {
  panel = p
  eval place_panel
  show_x = is_bottom; show_y = is_left || !shared_y
  grid_axes = 'ytics'
  eval draw_axes
  panel_text = panel_title[p]; unit_text = y_title
  eval put_panel_title
  if (is_bottom) { eval put_x_title }
  label_n = 0
  do for [g=1:n_groups] { i = (p-1)*n_groups + g
    if (at_y[i] == at_y[i]) {
      label_n = label_n + 1; label_style[label_n] = group_style[g]; label_text[label_n] = wrap(label_of(g,i), (right_width - 12)/label_size)
      label_from[label_n] = px(at_x[i]); label_want[label_n] = py(at_y[i]) } }
  eval put_labels
  box_n = 0; mark_n = 0; mark_size = label_size
  do for [k=1:n_budgets] {
    set arrow from first budget_at[k], graph 0 to screen sx(px(budget_at[k])),sy(plot_bottom - plot_height - lane_pitch*(k - 1) - 6) nohead ls 10
    half_name = 0.5*width(budget_name[k], size_small)
    text = budget_name[k]; talign = 'center'; tx = smaller(page_width - margin - half_name, larger((is_left ? margin : plot_left) + half_name, px(budget_at[k]))); ty = plot_bottom - plot_height - lane_pitch*(k - 1) - 14; tsize = size_small; tbold = 0; tcolour = dark; eval put_text
    bl = px(budget_at[k]) - 2; br = bl + 4; bt = plot_bottom - plot_height; bb = plot_bottom; eval block_box
  }
  do for [g=1:n_groups] {
    i = (p-1)*n_groups + g
    last_x = NaN; stats data index i-1 using (walk(cell(1), cell(2))) nooutput
    if (reached[i] == reached[i]) {
      bl = plot_left; br = px(reached[i]); bt = py(level) - 2; bb = py(level) + 2; eval block_box
      bl = px(reached[i]) - 2; br = bl + 4; bt = py(level); bb = plot_bottom; eval block_box
      set arrow from first x_min,level to first reached[i],level nohead ls 10
      set arrow from first reached[i],level to first reached[i],0 nohead ls 10
      set label '' at first reached[i],level point pt 7 ps 1.1 lc rgb '#FFFFFF' front; set label '' at first reached[i],level point pt shape[group_style[g]] ps 0.8 lc rgb ink[group_style[g]] front
      mark_n = mark_n + 1; mark_x[mark_n] = px(reached[i]); mark_y[mark_n] = py(level); mark_text[mark_n] = money(reached[i]); mark_colour[mark_n] = ink[group_style[g]]; mark_bold[mark_n] = 1 } }
  mark_right = 0; eval put_marks
  eval put_notes
  plot for [g=1:n_groups] data index (p-1)*n_groups+g-1 using 1:(cell(3)):(cell(4)) with filledcurves fs transparent solid 0.2 noborder fc rgb colour[group_style[g]] notitle, \
       for [g=1:n_groups] data index (p-1)*n_groups+g-1 using 1:(cell(2)) with lines ls group_style[g] title group_name[g]
  unset label; unset arrow; unset object
}
eval end_page
