# budget.gp: the chance of tipping against the budget, with its confidence band; where it passes a half is marked.
#
# PREAMBLE, besides style.gp's                                            default
#   x_title, x_unit    the budget                                         'publiek geld', 'euro'
#   y_title            what the chance is of                              'kans op kantelen'
#   n_groups, group_name[g], group_style[g]   curves (models)             1, '', g
#   level              the chance that is marked                          0.5
#   level_x[g]         the budget there, as reckoned by the program       read off the curve; NaN = never
#   n_budgets, budget_at[i], budget_name[i]   budgets to mark, such as the announced one   0
#   plot_height        pixels                                             380
#
# DATA: block g (index g-1):   budget  chance (0 to 1)  [lower  upper]

if (!exists("x_title"))     x_title = nl ? 'publiek geld' : 'public money'
if (!exists("x_unit"))      x_unit = 'euro'
if (!exists("y_title"))     y_title = nl ? 'kans op kantelen' : 'chance of tipping'
if (!exists("n_groups"))    n_groups = 1
if (!exists("level"))       level = 0.5
if (!exists("n_budgets"))   n_budgets = 0
if (!exists("plot_height")) plot_height = 380
if (!exists("group_name"))  { array group_name[n_groups];  do for [g=1:n_groups] { group_name[g] = '' } }
if (!exists("group_style")) { array group_style[n_groups]; do for [g=1:n_groups] { group_style[g] = g } }

# Read, and read off the budget where each curve rises through the level
array at_x[n_groups]; array at_y[n_groups]; array reached[n_groups]
passed(x,y) = x != x || y != y ? 0 : (passed_x != passed_x && last_y == last_y && last_y < level && y >= level ? passed_x = last_x + (x - last_x)*(level - last_y)/(y - last_y) : 0, last_x = x, last_y = y, 0)
eval forget_range
do for [g=1:n_groups] {
  eval forget_end; passed_x = NaN; last_x = NaN; last_y = NaN
  stats data index g-1 using (note(cell(1), cell(2)), passed(cell(1), cell(2))) nooutput
  at_x[g] = end_x; at_y[g] = end_y; reached[g] = exists("level_x") ? level_x[g] : passed_x
}
do for [i=1:n_budgets] { x_lo = smaller(x_lo, budget_at[i]); x_hi = larger(x_hi, budget_at[i]) }
if (x_lo > x_hi) { x_lo = 0; x_hi = 1 }
y_lo = 0; y_hi = 1

# Measure
n_panels = 1; n_cols = 1; shared_y = 0; title_lines = 0; unit_lines = 1; lanes_everywhere = 0
lane_rows = n_budgets
is_percent = 1; y_tics = 5; show_x = 1; show_y = 1; x_text = ' '
x_tic(x) = x_value_format(x)
eval y_axis; eval measure_y_tics
left_width = y_tic_width + 10; right_width = 20; label_size = size_label
label_of(g) = (strlen(group_name[g]) ? group_name[g].' ' : '').val(at_y[g])
do for [g=1:n_groups] { if (at_y[g] == at_y[g]) { right_width = larger(right_width, 16 + smaller(190, widest(label_of(g), label_size))) } }
eval lay_out
eval x_value_axis
x_text = axis_name(x_title, x_unit_line(x_unit))
money(v) = strstrt(x_unit, 'euro') == 1 ? euro(round3(v)) : human(round3(v)).' '.x_unit

# Draw
eval begin_page
panel = 1
eval place_panel
grid_axes = 'ytics'
eval draw_axes
panel_text = ''; unit_text = y_title
eval put_panel_title
eval put_x_title
label_n = 0
do for [g=1:n_groups] { if (at_y[g] == at_y[g]) {
  label_n = label_n + 1; label_style[label_n] = group_style[g]; label_text[label_n] = wrap(label_of(g), (right_width - 12)/label_size)
  label_from[label_n] = px(at_x[g]); label_want[label_n] = py(at_y[g]) } }
eval put_labels
box_n = 0; mark_n = 0; mark_size = size_label
do for [i=1:n_budgets] {
  set arrow from first budget_at[i], graph 0 to screen sx(px(budget_at[i])),sy(plot_bottom - plot_height - lane_pitch*(i - 1) - 6) nohead ls 10
  half_name = 0.5*width(budget_name[i], size_small)
  text = budget_name[i]; talign = 'center'; tx = smaller(page_width - margin - half_name, larger(margin + half_name, px(budget_at[i]))); ty = plot_bottom - plot_height - lane_pitch*(i - 1) - 14; tsize = size_small; tbold = 0; tcolour = dark; eval put_text
  bl = px(budget_at[i]) - 2; br = bl + 4; bt = plot_bottom - plot_height; bb = plot_bottom; eval block_box
}
last_x = NaN
walk(x,y) = x != x || y != y ? 0 : (last_x == last_x ? (sum [k=0:8] block_point(last_x + (x - last_x)*k/9.0, last_y + (y - last_y)*k/9.0)) : 0, last_x = x, last_y = y, 0)
do for [g=1:n_groups] {
  last_x = NaN; stats data index g-1 using (walk(cell(1), cell(2))) nooutput
  if (reached[g] == reached[g]) {
    bl = plot_left; br = px(reached[g]); bt = py(level) - 2; bb = py(level) + 2; eval block_box
    bl = px(reached[g]) - 2; br = bl + 4; bt = py(level); bb = plot_bottom; eval block_box
    set arrow from first x_min,level to first reached[g],level nohead ls 10
    set arrow from first reached[g],level to first reached[g],0 nohead ls 10
    set label '' at first reached[g],level point pt 7 ps 1.1 lc rgb '#FFFFFF' front; set label '' at first reached[g],level point pt shape[group_style[g]] ps 0.8 lc rgb ink[group_style[g]] front
    mark_n = mark_n + 1; mark_x[mark_n] = px(reached[g]); mark_y[mark_n] = py(level); mark_text[mark_n] = money(reached[g]); mark_colour[mark_n] = ink[group_style[g]]; mark_bold[mark_n] = 1 } }
mark_right = 0; eval put_marks
eval put_notes
plot for [g=1:n_groups] data index g-1 using 1:(cell(3)):(cell(4)) with filledcurves fs transparent solid 0.2 noborder fc rgb colour[group_style[g]] notitle, \
     for [g=1:n_groups] data index g-1 using 1:(cell(2)) with lines ls group_style[g] title group_name[g]
eval end_page
