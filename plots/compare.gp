# compare.gp: model against model: one panel per scenario (2 to 12), one line per model (2 to 4), shared axes.
# A dot with the year marks where a line first passes the tipping level; end values are printed.
#
# PREAMBLE, besides style.gp's                                            default
#   n_panels           scenarios                                          1
#   n_lines            models                                             2
#   panel_title[p]     scenario                                           ''
#   panel_note[p]      a line under it, e.g. 'publiek geld € 240 miljoen' ''
#   line_name[k]       model                                              (required)
#   line_style[k]      1 to 9 (see style.gp)                              k
#   is_percent         1: the data are fractions, shown as %              0
#   unit               unit of the data                                   ''     put behind the subtitle
#   level, level_name  tipping level                                      none
#   mark_crossings     0: no dots where a line passes the level           1
#   x_from, x_until, y_from, y_until   axes                               the data's
#   n_cols             columns                                            2 or 3
#   plot_height        pixels of the plot in a panel                      by n_cols
# Periods differ between scenarios: give period_panel[i].
#
# DATA: block p (index p-1), p = 1 .. n_panels:   time  value of model 1 ... value of model n_lines

if (!exists("n_panels"))       n_panels = 1
if (!exists("n_lines"))        n_lines = 2
if (!exists("is_percent"))     is_percent = 0
if (!exists("unit"))           unit = ''
if (!exists("level"))          level = NaN
if (!exists("level_name"))     level_name = ''
if (!exists("mark_crossings")) mark_crossings = 1
if (!exists("n_cols"))         n_cols = n_panels == 1 ? 1 : n_panels == 2 || n_panels == 4 ? 2 : 3
if (!exists("plot_height"))    plot_height = n_cols == 1 ? 360 : n_cols == 2 ? 230 : 170
if (!exists("panel_title"))    { array panel_title[n_panels]; do for [p=1:n_panels] { panel_title[p] = '' } }
if (!exists("panel_note"))     { array panel_note[n_panels];  do for [p=1:n_panels] { panel_note[p] = '' } }
if (!exists("line_style"))     { array line_style[n_lines];   do for [k=1:n_lines] { line_style[k] = k } }

# Read: ranges, last points, and the first time each line rises through the level
array at_x[n_panels*n_lines]; array at_y[n_panels*n_lines]; array cross[n_panels*n_lines]
passed(x,y) = (crossed != crossed && last_y == last_y && last_y < level && y >= level ? crossed = last_x + (x - last_x)*(level - last_y)/(y - last_y) : 0, last_x = x, last_y = y, 0)
eval forget_range
do for [p=1:n_panels] { do for [k=1:n_lines] {
  eval forget_end; crossed = NaN; last_x = NaN; last_y = NaN
  stats data index p-1 using (note(column(1), cell(k+1)), passed(column(1), cell(k+1))) nooutput
  i = (p-1)*n_lines + k; at_x[i] = end_x; at_y[i] = end_y; cross[i] = crossed
} }
if (level == level) { y_lo = smaller(y_lo, level); y_hi = larger(y_hi, level) }
if (exists("y_from")) { y_lo = y_from }
if (exists("y_until")) { y_hi = y_until }
x_min = exists("x_from") ? x_from : x_lo
x_max = exists("x_until") ? x_until : x_hi

# Measure
y_tics = plot_height > 300 ? 5 : 4
eval y_axis
eval measure_y_tics
if (strlen(unit_line(unit))) { subtitle = subtitle.(strlen(subtitle) ? ', ' : '').unit_line(unit) }
shared_y = 1; title_lines = 0; unit_lines = 0
left_width = y_tic_width + 10
label_size = size_small; right_width = 0
do for [i=1:n_panels*n_lines] { if (at_y[i] == at_y[i]) { right_width = larger(right_width, 16 + width(val(at_y[i]), label_size)) } }
if (n_lines > 1) { do for [k=1:n_lines] { legend_n = k; legend_text[k] = line_name[k]; legend_style[k] = line_style[k]; legend_kind[k] = 'line' } }
lane_rows = 0; lanes_everywhere = 0
eval lay_out
# the level is named in the first panel, or in the legend where the first lines pass it too soon
level_in_legend = 0; plot_left = 0
if (level == level) { do for [k=1:n_lines] { if (cross[k] == cross[k] && px(cross[k]) < width(level_name, size_small) + 55) { level_in_legend = 1 } } }
if (level_in_legend && strlen(level_name)) { legend_n = legend_n + 1; legend_text[legend_n] = level_name; legend_style[legend_n] = 10; legend_kind[legend_n] = 'line' }
do for [p=1:n_panels] {
  if (strlen(panel_title[p])) { title_lines = larger(title_lines, lines(wrap(panel_title[p], (plot_width + right_width)/(size_text*bold_factor)))) }
  if (strlen(panel_note[p])) { unit_lines = larger(unit_lines, lines(wrap(panel_note[p], (plot_width + right_width)/size_small))) }
}
eval plan_periods
eval lay_out
eval x_axis

# put_crossings: a dot where a line passes the level, with the year. Rising lines leave room left of the
# first above the level and right of the last below it: the first year goes left, the others right, if they fit.
array order[n_lines]
year_width = width('2050', size_small) + 6
put_crossings = '\
  n_cross = 0; \
  do for [k=1:n_lines] { c = cross[(p-1)*n_lines + k]; if (c >= x_min && c <= x_max) { \
    n_cross = n_cross + 1; order[n_cross] = k; \
    do for [j=n_cross:2:-1] { if (c < cross[(p-1)*n_lines + order[j-1]]) { order[j] = order[j-1]; order[j-1] = k } } } }; \
  if (n_cross > 0) { \
    first_px = px(cross[(p-1)*n_lines + order[1]]); last_px = px(cross[(p-1)*n_lines + order[n_cross]]); \
    fits_left = floor((first_px - plot_left)/year_width); fits_right = floor((plot_left + plot_width - last_px)/year_width); \
    n_left = at_y[(p-1)*n_lines + order[n_cross]] < 1.25*level ? n_cross : n_cross > 1 ? 1 : 0; \
    n_left = fits_right < 1 && fits_left > 0 ? n_cross : larger(0, smaller(fits_left, larger(n_left, n_cross - fits_right))); \
    in_row = int(larger(1, smaller(n_left, fits_left))); in_row_right = int(larger(1, fits_right)) }; \
  do for [j=1:n_cross] { c = cross[(p-1)*n_lines + order[j]]; k = line_style[order[j]]; \
    set label "" at first c,level point pt 7 ps 0.9 lc rgb "#FFFFFF" front; \
    set label "" at first c,level point pt 7 ps 0.6 lc rgb ink[k] front; \
    text = sprintf("%.0f", floor(c)); tsize = size_small; tbold = 0; tcolour = ink[k]; talign = "left"; \
    tx = j <= n_left ? first_px - (in_row - (j-1) % in_row)*year_width : last_px + 6 + ((j - 1 - n_left) % in_row_right)*year_width; \
    ty = py(level) + (j <= n_left ? -11 - pitch(tsize)*((n_left - 1)/in_row - (j-1)/in_row) : 11 + pitch(tsize)*((j - 1 - n_left)/in_row_right)); eval put_text } \
'

# Draw
eval begin_page
do for [p=1:n_panels] {
  panel = p
  eval place_panel
  show_x = is_bottom; show_y = is_left
  eval draw_axes
  eval draw_periods
  panel_text = panel_title[p]; unit_text = panel_note[p]
  eval put_panel_title
  label_n = 0
  do for [k=1:n_lines] { i = (p-1)*n_lines + k; if (at_y[i] == at_y[i]) {
    label_n = label_n + 1
    label_text[label_n] = val(at_y[i]); label_style[label_n] = line_style[k]
    label_from[label_n] = px(at_x[i]); label_want[label_n] = py(at_y[i])
  } }
  eval put_labels
  if (is_bottom) { eval put_x_title }
  if (level == level) {
    set arrow from first x_min,level to first x_max,level nohead ls 10
    if (p == 1 && !level_in_legend) { text = level_name; tx = plot_left + 4; ty = py(level) - 9; tsize = size_small; tbold = 0; tcolour = dark; talign = 'left'; eval put_text }
    if (mark_crossings) { eval put_crossings }
  }
  eval put_notes
  plot for [k=1:n_lines] data index p-1 using 1:(cell(k+1)) with lines ls line_style[k] title line_name[k]
  unset label; unset arrow; unset object
}
eval end_page
