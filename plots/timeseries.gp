# timeseries.gp: small multiples over time: 1 to 12 panels (variables), 1 to 8 lines (scenarios or models).
#
# PREAMBLE, besides style.gp's                                            default
#   n_panels                                                              1
#   n_lines                                                               1
#   panel_title[p]     name of the variable                               '' (none)
#   panel_unit[p]      unit in the plural, e.g. 'personen'                ''   "duizend", "miljoen" are put before it
#   panel_percent[p]   1: the data are fractions, shown as %              0
#   line_name[k]       scenario or model                                  ''
#   line_style[k]      1 to 8, or 9 for a baseline (see style.gp)         k    give a model one style in all charts
#   n_observed         series of observations                             0
#     observed_panel[o], observed_name[o]   panel, source                      e.g. 3, 'CBS'
#   x_from, x_until    time axis                                          the data's
#   y_from[p], y_until[p]   value axis; NaN = automatic                   automatic
#   shared_y           1: one value axis for all panels                   0
#   level[p], level_name[p] a reference level, NaN = none                 none
#   n_cols             columns                                            1, 2 or 3 by n_panels
#   labels             'ends', 'legend' or 'auto'                         'auto'
#   plot_height        pixels of the plot in a panel                      by n_panels
#
# DATA: block p (index p-1; blocks are parted by two empty lines), p = 1 .. n_panels:
#     time  value of line 1  ...  value of line n_lines
# then block n_panels + o, o = 1 .. n_observed:
#     time  value

if (!exists("n_panels"))   n_panels = 1
if (!exists("n_lines"))    n_lines = 1
if (!exists("n_observed")) n_observed = 0
if (n_observed == 0) { array observed_panel[1]; array observed_name[1] }
if (!exists("shared_y"))   shared_y = 0
if (!exists("labels"))     labels = 'auto'
if (!exists("n_cols"))     n_cols = n_panels == 1 ? 1 : n_panels == 2 || n_panels == 4 ? 2 : 3
if (!exists("plot_height")) plot_height = n_panels == 1 ? 380 : n_cols == 2 ? 230 : 160
if (!exists("panel_title"))   { array panel_title[n_panels];   do for [p=1:n_panels] { panel_title[p] = '' } }
if (!exists("panel_unit"))    { array panel_unit[n_panels];    do for [p=1:n_panels] { panel_unit[p] = '' } }
if (!exists("panel_percent")) { array panel_percent[n_panels]; do for [p=1:n_panels] { panel_percent[p] = 0 } }
if (!exists("y_from"))        { array y_from[n_panels];        do for [p=1:n_panels] { y_from[p] = NaN } }
if (!exists("y_until"))       { array y_until[n_panels];       do for [p=1:n_panels] { y_until[p] = NaN } }
if (!exists("level"))         { array level[n_panels];         do for [p=1:n_panels] { level[p] = NaN } }
if (!exists("line_name"))     { array line_name[n_lines];      do for [k=1:n_lines] { line_name[k] = '' } }
if (!exists("line_style"))    { array line_style[n_lines];     do for [k=1:n_lines] { line_style[k] = k } }

# Read: range and last point of every line in every panel; at = (p-1)*n_lines + k
array at_x[n_panels*n_lines]; array at_y[n_panels*n_lines]
array from_y[n_panels]; array until_y[n_panels]
eval forget_range
do for [p=1:n_panels] {
  y_lo = 1e300; y_hi = -1e300
  do for [k=1:n_lines] {
    eval forget_end
    stats data index p-1 using (note(column(1), cell(k+1))) nooutput
    at_x[(p-1)*n_lines + k] = end_x; at_y[(p-1)*n_lines + k] = end_y
  }
  do for [o=1:n_observed] { if (observed_panel[o] == p) { stats data index n_panels+o-1 using (note(column(1), cell(2))) nooutput } }
  if (level[p] == level[p]) { y_lo = smaller(y_lo, level[p]); y_hi = larger(y_hi, level[p]) }
  from_y[p]  = y_from[p]  == y_from[p]  ? y_from[p]  : y_lo
  until_y[p] = y_until[p] == y_until[p] ? y_until[p] : y_hi
}
if (shared_y) { do for [p=2:n_panels] { from_y[1] = smaller(from_y[1], from_y[p]); until_y[1] = larger(until_y[1], until_y[p]) }
                do for [p=2:n_panels] { from_y[p] = from_y[1]; until_y[p] = until_y[1] } }
x_min = exists("x_from") ? x_from : x_lo
x_max = exists("x_until") ? x_until : x_hi

# Measure: room for tics and labels
y_tics = plot_height > 300 ? 5 : plot_height > 200 ? 4 : 3
title_lines = 0; unit_lines = 0
do for [p=1:n_panels] {
  y_lo = from_y[p]; y_hi = until_y[p]; is_percent = panel_percent[p]
  eval y_axis; eval measure_y_tics
  if (strlen(unit_line(panel_unit[p]))) { unit_lines = 1 }
}
left_width = y_tic_width + 10
longest = 0; name_width = n_cols == 1 ? 190 : 112
do for [k=1:n_lines] { longest = larger(longest, lines(wrap(line_name[k], name_width/size_label))) }
at_ends = labels eq 'ends' || (labels eq 'auto' && (n_cols == 1 || (n_cols == 2 && longest <= 3 && longest*n_lines <= 8)))
if (n_lines == 1 && strlen(line_name[1]) == 0) { at_ends = 1 }
label_size = n_cols == 1 ? size_label : size_small
right_width = 0
label_of(k,y) = at_ends && strlen(line_name[k]) ? line_name[k].' '.val(y) : val(y)
do for [p=1:n_panels] {
  is_percent = panel_percent[p]; y_lo = from_y[p]; y_hi = until_y[p]; eval y_axis
  do for [k=1:n_lines] { y = at_y[(p-1)*n_lines + k]
    if (y == y) { right_width = larger(right_width, 16 + widest(wrap(label_of(k,y), (name_width + 16)/label_size), label_size)) } }
}
if (!at_ends) { do for [k=1:n_lines] { legend_n = k; legend_text[k] = line_name[k]; legend_style[k] = line_style[k]; legend_kind[k] = 'line' } }
do for [o=1:n_observed] { if (o == 1 || observed_name[o] ne observed_name[1]) {
  legend_n = legend_n + 1; legend_text[legend_n] = word_observed.' ('.observed_name[o].')'; legend_style[legend_n] = 7; legend_kind[legend_n] = 'point' } }
lane_rows = 0; lanes_everywhere = 0
eval lay_out
do for [p=1:n_panels] { if (strlen(panel_title[p])) { title_lines = larger(title_lines, lines(wrap(panel_title[p], (plot_width + left_width + right_width)/(size_text*bold_factor)))) } }
eval plan_periods
eval lay_out
eval x_axis

# Draw
with_observed = n_observed == 0 ? '' : ', for [o=1:n_observed] data index n_panels+o-1 using 1:(observed_panel[o] == p ? cell(2) : NaN) with points pt 7 ps 0.6 lc rgb dark title observed_name[o]'
eval begin_page
do for [p=1:n_panels] {
  panel = p
  eval place_panel
  y_lo = from_y[p]; y_hi = until_y[p]; is_percent = panel_percent[p]
  eval y_axis
  show_x = is_bottom; show_y = is_left || !shared_y
  eval draw_axes
  eval draw_periods
  panel_text = panel_title[p]; unit_text = unit_line(panel_unit[p])
  eval put_panel_title
  label_n = 0
  do for [k=1:n_lines] {
    i = (p-1)*n_lines + k
    if (at_y[i] == at_y[i]) {
      label_n = label_n + 1
      label_text[label_n] = wrap(label_of(k, at_y[i]), (right_width - 12)/label_size)
      label_style[label_n] = line_style[k]
      label_from[label_n] = px(at_x[i]); label_want[label_n] = py(at_y[i])
    }
  }
  eval put_labels
  if (is_bottom) { eval put_x_title }
  if (level[p] == level[p]) {
    set arrow from first x_min,level[p] to first x_max,level[p] nohead ls 10
    text = level_name[p]; tx = plot_left + 4; ty = py(level[p]) - 9; tsize = size_small; tbold = 0; tcolour = dark; talign = 'left'; eval put_text
  }
  eval put_notes
  eval 'plot for [k=1:n_lines] data index p-1 using 1:(cell(k+1)) with lines ls line_style[k] title line_name[k]'.with_observed
  unset label; unset arrow; unset object
}
eval end_page
