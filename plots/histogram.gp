# histogram.gp: how the runs of a sweep spread over a metric: one histogram per group (1 to 8), under each other, shared axes.
#
# PREAMBLE, besides style.gp's                                            default
#   n_panels, panel_title[p]   groups (models or scenarios)               1, ''
#   panel_note[p]      a line under it, e.g. '62% van de runs kantelt'    ''
#   panel_style[p]     1 to 9: colour                                     p
#   median[p]          marked with a line and its value, NaN = none       none
#   x_title, x_unit    name and unit of the metric                        ''
#   x_percent          1: the metric is a fraction shown as %             0
#   level, level_name  a reference level                                  none
#   plot_height        pixels of one histogram                            by n_panels
#
# DATA: block p (index p-1), a row per bin:   from  to  share of the runs (0 to 1)

if (!exists("n_panels"))    n_panels = 1
if (!exists("x_title"))     x_title = ''
if (!exists("x_unit"))      x_unit = ''
if (!exists("level"))       level = NaN
if (!exists("level_name"))  level_name = ''
if (!exists("plot_height")) plot_height = n_panels == 1 ? 300 : n_panels == 2 ? 150 : 90
if (!exists("panel_title")) { array panel_title[n_panels]; do for [p=1:n_panels] { panel_title[p] = '' } }
if (!exists("panel_note"))  { array panel_note[n_panels];  do for [p=1:n_panels] { panel_note[p] = '' } }
if (!exists("panel_style")) { array panel_style[n_panels]; do for [p=1:n_panels] { panel_style[p] = p } }
if (!exists("median"))      { array median[n_panels];      do for [p=1:n_panels] { median[p] = NaN } }

# Read
eval forget_range
array n_bins[n_panels]
do for [p=1:n_panels] { n_seen = 0; stats data index p-1 using (n_seen = n_seen + (cell(3) == cell(3)), note(column(1), NaN), note(column(2), cell(3)), 0) nooutput; n_bins[p] = n_seen }
y_lo = smaller(0, y_lo)
if (level == level) { x_lo = smaller(x_lo, level); x_hi = larger(x_hi, level) }
x_date = is_date(x_unit, x_lo, x_hi)

# Measure
is_percent = 1; y_tics = plot_height > 250 ? 5 : 2; n_cols = 1; shared_y = 1; title_lines = 0; unit_lines = 0; lane_rows = level == level; lanes_everywhere = 0
eval y_axis; eval measure_y_tics
left_width = y_tic_width + 10; right_width = 20; x_text = ' '
do for [p=1:n_panels] { if (strlen(panel_title[p])) { title_lines = 1 }; if (strlen(panel_note[p])) { unit_lines = 1 } }
eval lay_out
x_first = x_lo; x_last = x_hi; eval x_value_axis; x_min = larger(x_min, x_first - 0.5*x_step); x_max = smaller(x_max, x_last + 0.5*x_step)
x_tic(x) = x_value_format(x)
x_text = axis_name(x_title, x_unit_line(x_unit))
subtitle = subtitle.(strlen(subtitle) ? ', ' : '').(nl ? 'deel van de runs' : 'share of runs')

# Draw
eval begin_page
do for [p=1:n_panels] {
  panel = p; k = panel_style[p]
  eval place_panel
  show_x = is_bottom; show_y = 1
  eval draw_axes
  panel_text = panel_title[p]; unit_text = panel_note[p]
  eval put_panel_title
  tsize = size_small; tbold = 0
  if (level == level) {
    set arrow from first level, graph 0 to first level, graph 1.06 nohead ls 10 front
    if (p == 1) { text = level_name; tcolour = dark; talign = px(level) > plot_left + 0.6*plot_width ? 'right' : 'left'; tx = px(level) + (talign eq 'left' ? -4 : 4); ty = plot_bottom - plot_height - 14; eval put_text }
  }
  if (median[p] == median[p]) {
    set arrow from first median[p], graph 0 to first median[p], graph 0.98 nohead lc rgb ink[k] lw 2.4 front
    text = (nl ? 'mediaan ' : 'median ').(x_percent ? percent(median[p]) : x_date ? plain(median[p], 1) : short(round3(median[p]/x_scale))); tcolour = ink[k]; talign = px(median[p]) > plot_left + 0.75*plot_width ? 'right' : 'left'; tx = px(median[p]) + (talign eq 'left' ? 6 : -6); ty = plot_bottom - plot_height + 8; eval put_halo; eval put_text
  }
  if (is_bottom) { eval put_x_title }
  if (n_bins[p] == 0) { eval say_no_data }
  eval put_notes
  plot data index p-1 using (0.5*($1+$2)):(cell(3)):1:2:(0):(cell(3)) with boxxyerror fs transparent solid 0.55 border rgb '#FFFFFF' lc rgb colour[k] title panel_title[p]
  unset label; unset arrow; unset object
}
eval end_page
