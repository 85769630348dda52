# scatter.gp: runs of a sweep as points: an input or outcome against another, coloured by group.
#
# PREAMBLE, besides style.gp's                                            default
#   n_groups, group_name[g], group_style[g]                               1, '', g
#   x_title, x_unit, x_percent, y_title, y_unit, is_percent   axes        '', '', 0
#   x_level, x_level_name, y_level, y_level_name   reference lines        none
#   point_size                                                            smaller with many points
#   plot_height        pixels                                             380
#
# DATA: block g (index g-1):   x  y
# Above some 3,000 points an SVG gets slow: draw a random part of them and say so in the subtitle.

if (!exists("n_groups"))     n_groups = 1
if (!exists("group_name"))   { array group_name[n_groups];  do for [g=1:n_groups] { group_name[g] = '' } }
if (!exists("group_style"))  { array group_style[n_groups]; do for [g=1:n_groups] { group_style[g] = g } }
if (!exists("x_title"))      x_title = ''
if (!exists("x_unit"))       x_unit = ''
if (!exists("y_title"))      y_title = ''
if (!exists("y_unit"))       y_unit = ''
if (!exists("is_percent"))   is_percent = 0
if (!exists("x_level"))      x_level = NaN
if (!exists("y_level"))      y_level = NaN
if (!exists("plot_height"))  plot_height = 380

# Read
eval forget_range
do for [g=1:n_groups] { stats data index g-1 using (note(cell(1), cell(2))) nooutput }
y_date = is_date(y_unit, y_lo, y_hi)
if (y_date) { y_unit = '' }
if (!exists("point_size")) { point_size = n_seen > 1500 ? 0.25 : n_seen > 300 ? 0.4 : 0.6 }

# Measure
n_panels = 1; n_cols = 1; shared_y = 0; right_width = 20; title_lines = 0; unit_lines = 1; lane_rows = x_level == x_level; lanes_everywhere = 0; y_tics = 5
show_x = 1; show_y = 1; x_text = ' '
x_tic(x) = x_value_format(x)
eval y_axis; eval measure_y_tics
left_width = y_tic_width + 10
do for [g=1:n_groups] { if (strlen(group_name[g])) { legend_n = legend_n + 1; legend_text[legend_n] = group_name[g]; legend_style[legend_n] = group_style[g]; legend_kind[legend_n] = 'point' } }
eval lay_out
eval x_value_axis
x_text = axis_name(x_title, x_unit_line(x_unit))

# Draw
eval begin_page
panel = 1
eval place_panel
grid_axes = 'xtics ytics'
eval draw_axes
panel_text = ''; unit_text = axis_name(y_title, unit_line(y_unit))
eval put_panel_title
eval put_x_title
tsize = size_small; tbold = 0; tcolour = dark
if (x_level == x_level) {
  set arrow from first x_level, graph 0 to first x_level, graph 1.02 nohead ls 10 front
  text = x_level_name; talign = px(x_level) > plot_left + 0.6*plot_width ? 'right' : 'left'; tx = px(x_level) + (talign eq 'left' ? -4 : 4); ty = plot_bottom - plot_height - 14; eval put_text
}
if (y_level == y_level) {
  set arrow from first x_min,y_level to first x_max,y_level nohead ls 10 front
  text = y_level_name; talign = 'left'; tx = plot_left + 6; ty = py(y_level) - 10; eval put_halo; eval put_text
}
if (n_seen == 0) { eval say_no_data }
note_halo = 1
eval put_notes
with_alpha(hex,a) = sprintf('#%02X', int(255*(1 - a))).hex[2:*]
plot for [g=1:n_groups] data index g-1 using (cell(1)):(cell(2)) with points pt shape[group_style[g]] ps point_size lc rgb with_alpha(colour[group_style[g]], 0.6) title group_name[g]
eval end_page
