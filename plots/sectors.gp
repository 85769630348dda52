# sectors.gp: a dashboard: a row for each sector, a column for each measure, a line for each model; ends are printed.
#
# PREAMBLE, besides style.gp's                                            default
#   n_rows, row_name[r]    sectors, in the order they are to stand        (required)
#   row_note[r]            a second line under a name                     ''
#   n_measures, measure_title[m], measure_unit[m], measure_percent[m]     1, '', '', 0
#   shared_scale[m]        1: one value axis for all sectors              1
#   n_lines, line_name[k], line_style[k]                                  1, '', k
#   level[m], level_name[m]   a reference level, NaN = none               none
#   x_from, x_until        time axis                                      the data's
#   cell_height            pixels of a plot                               by n_rows
#
# DATA: block (r-1)*n_measures + m - 1 (index), m running fastest:   time  value of line 1 ... value of line n_lines

if (!exists("n_measures"))      n_measures = 1
if (!exists("n_lines"))         n_lines = 1
if (!exists("measure_title"))   { array measure_title[n_measures];   do for [m=1:n_measures] { measure_title[m] = '' } }
if (!exists("measure_unit"))    { array measure_unit[n_measures];    do for [m=1:n_measures] { measure_unit[m] = '' } }
if (!exists("measure_percent")) { array measure_percent[n_measures]; do for [m=1:n_measures] { measure_percent[m] = 0 } }
if (!exists("shared_scale"))    { array shared_scale[n_measures];    do for [m=1:n_measures] { shared_scale[m] = 1 } }
if (!exists("level"))           { array level[n_measures];           do for [m=1:n_measures] { level[m] = NaN } }
if (!exists("level_name"))      { array level_name[n_measures];      do for [m=1:n_measures] { level_name[m] = '' } }
if (!exists("row_note"))        { array row_note[n_rows];            do for [r=1:n_rows] { row_note[r] = '' } }
if (!exists("line_name"))       { array line_name[n_lines];          do for [k=1:n_lines] { line_name[k] = '' } }
if (!exists("line_style"))      { array line_style[n_lines];         do for [k=1:n_lines] { line_style[k] = k } }
if (!exists("cell_height"))     cell_height = larger(16*n_lines, n_rows > 8 ? 42 : n_rows > 5 ? 52 : 68)

# Read
block(r,m) = (r-1)*n_measures + m - 1
array at_x[n_rows*n_measures*n_lines]; array at_y[n_rows*n_measures*n_lines]
array from_y[n_rows*n_measures]; array until_y[n_rows*n_measures]; array column_scale[n_measures]
eval forget_range
do for [m=1:n_measures] {
  whole_lo = 1e300; whole_hi = -1e300
  do for [r=1:n_rows] {
    y_lo = 1e300; y_hi = -1e300
    do for [k=1:n_lines] { eval forget_end
      stats data index block(r,m) using (note(column(1), cell(k+1))) nooutput
      i = block(r,m)*n_lines + k; at_x[i] = end_x; at_y[i] = end_y }
    if (level[m] == level[m]) { y_hi = larger(y_hi, level[m]) }
    from_y[block(r,m)+1] = smaller(0, y_lo); until_y[block(r,m)+1] = y_hi
    whole_lo = smaller(whole_lo, y_lo); whole_hi = larger(whole_hi, y_hi)
  }
  column_scale[m] = measure_percent[m] || whole_hi < whole_lo ? 1 : scale_of(larger(abs(whole_lo), abs(whole_hi)))
  if (shared_scale[m]) { do for [r=1:n_rows] { from_y[block(r,m)+1] = smaller(0, whole_lo); until_y[block(r,m)+1] = whole_hi } }
}
x_min = exists("x_from") ? x_from : x_lo
x_max = exists("x_until") ? x_until : x_hi

# Measure: names left, then the columns; no value axes: the ends of the lines carry their values
y_tics = 2; plot_height = cell_height; label_size = size_small
end_width = 0
do for [m=1:n_measures] { is_percent = measure_percent[m]; do for [r=1:n_rows] {
  y_lo = from_y[block(r,m)+1]; y_hi = until_y[block(r,m)+1]; eval y_axis; y_scale = column_scale[m]
  do for [k=1:n_lines] { y = at_y[block(r,m)*n_lines + k]; if (y == y) { end_width = larger(end_width, width(val(y), label_size)) } } } }
names_width = 40
do for [r=1:n_rows] { names_width = larger(names_width, larger(widest(wrap(row_name[r], 150.0/size_label), size_label)*bold_factor, widest(wrap(row_note[r], 150.0/size_small), size_small))) }
gap = 22; right_width = end_width + 16
plot_width = (page_width - 2*margin - names_width - 14 - n_measures*right_width - (n_measures - 1)*gap)/(1.0*n_measures)
column_left(m) = margin + names_width + 14 + (m - 1)*(plot_width + right_width + gap)
title_lines = 1
do for [m=1:n_measures] { title_lines = larger(title_lines, lines(wrap(measure_title[m], (plot_width + right_width)/(size_small*bold_factor)))) }
row_pitch = larger(cell_height + 12, 6 + 40)
do for [r=1:n_rows] { row_pitch = larger(row_pitch, lines(wrap(row_name[r], 150.0/(size_label*bold_factor)))*pitch(size_label) + (strlen(row_note[r]) ? lines(wrap(row_note[r], 150.0/size_small))*pitch(size_small) : 0) + 8) }
if (n_lines > 1 || strlen(line_name[1])) { do for [k=1:n_lines] { legend_n = k; legend_text[k] = line_name[k]; legend_style[k] = line_style[k]; legend_kind[k] = 'line' } }
n_levels = 0
do for [m=1:n_measures] { if (level[m] == level[m] && strlen(level_name[m])) { legend_n = legend_n + 1; legend_text[legend_n] = level_name[m]; legend_style[legend_n] = 10; legend_kind[legend_n] = 'line' } }
do for [i=1:n_periods] { if (right_of(i) > left_of(i)) { legend_n = legend_n + 1; legend_kind[legend_n] = 'period'; legend_style[legend_n] = 9; legend_text[legend_n] = period_name[i].sprintf(", %.0f–%.0f", period_from[i], period_until[i]) } }
column_head = title_lines*pitch(size_small) + pitch(size_small) + 8
body_height = column_head + n_rows*row_pitch + 26
eval x_axis; x_step = 1                         # only the first and the last year are named

# Draw
eval begin_page
lanes_here = 0; lane_rows = 0
do for [m=1:n_measures] {
  is_percent = measure_percent[m]
  talign = 'left'; tx = column_left(m); tsize = size_small
  text = wrap(measure_title[m], (plot_width + right_width)/(size_small*bold_factor)); tbold = 1; tcolour = dark; ty = head_height + 0.5*pitch(tsize) + (title_lines - lines(text))*pitch(tsize); eval put_text
  text = shorten((is_percent ? '' : scale_word(column_scale[m])).measure_unit[m], (plot_width + right_width)/size_small); tbold = 0; tcolour = soft; ty = head_height + (title_lines + 0.5)*pitch(tsize); eval put_text
}
do for [r=1:n_rows] { do for [m=1:n_measures] {
  panel = 1
  plot_left = column_left(m); plot_bottom = head_height + column_head + r*row_pitch - 6
  is_percent = measure_percent[m]; y_lo = from_y[block(r,m)+1]; y_hi = until_y[block(r,m)+1]
  eval y_axis; if (y_hi > y_lo) { y_min = y_lo; y_max = y_hi + 0.04*(y_hi - y_lo) }
  y_scale = column_scale[m]
  show_x = r == n_rows; show_y = 0; grid_axes = ''
  eval draw_axes
  set xtics ("" x_min, "" x_max)
  if (show_x) { set xtics (x_tic(x_min) x_min, x_tic(x_max) x_max) }
  eval draw_periods
  if (m == 1) {
    text = wrap(row_name[r], 150.0/(size_label*bold_factor)); n_name = lines(text); note_text_wrapped = wrap(row_note[r], 150.0/size_small); n_note = strlen(row_note[r]) ? lines(note_text_wrapped) : 0
    middle_row = plot_bottom - 0.5*plot_height; talign = 'left'; tx = margin; tsize = size_label; tbold = 1; tcolour = dark
    ty = middle_row - 0.5*(n_name*pitch(size_label) + n_note*pitch(size_small)) + 0.5*pitch(size_label); eval put_text
    if (n_note) { text = note_text_wrapped; ty = ty + (n_name - 0.5)*pitch(size_label) + 0.5*pitch(size_small); tsize = size_small; tbold = 0; tcolour = soft; eval put_text }
  }
  label_n = 0
  do for [k=1:n_lines] { i = block(r,m)*n_lines + k; if (at_y[i] == at_y[i]) {
    label_n = label_n + 1; label_text[label_n] = val(at_y[i]); label_style[label_n] = line_style[k]
    label_from[label_n] = px(at_x[i]); label_want[label_n] = py(at_y[i]) } }
  eval put_labels
  if (level[m] == level[m]) { set arrow from first x_min,level[m] to first x_max,level[m] nohead ls 10 }
  plot for [k=1:n_lines] data index block(r,m) using 1:(cell(k+1)) with lines ls line_style[k] title line_name[k]
  unset label; unset arrow; unset object
} }
eval end_page
