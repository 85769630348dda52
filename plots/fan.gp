# fan.gp: quantile bands of a sweep over time: 1 to 6 panels (variables), 1 to 8 groups (scenarios or models).
# Up to two groups are filled bands; with more the bands would cover each other, so only outlines are drawn:
# the median as a thick line, the outermost quantiles as thin dashed lines of the same colour.
#
# PREAMBLE, besides style.gp's                                            default
#   n_panels, panel_title[p], panel_unit[p], panel_percent[p]             1, '', '', 0     as in timeseries.gp
#   n_groups, group_name[g], group_style[g]                               1, '', g
#   n_quantiles        odd; the middle one is the median                  5
#   quantile[q]        their probabilities                                [0.05, 0.25, 0.5, 0.75, 0.95]
#   outline            0 filled, 1 outline                                1 when n_groups > 2
#   level[p], level_name[p]   a reference level, NaN = none               none
#   x_from, x_until, n_cols, plot_height                                  as in timeseries.gp
#
# DATA: block (p-1)*n_groups + g - 1 (index), g running fastest:   time  value of quantile 1 ... quantile n_quantiles

if (!exists("n_panels"))      n_panels = 1
if (!exists("n_groups"))      n_groups = 1
if (!exists("n_quantiles"))   { n_quantiles = 5; array quantile[5] = [0.05, 0.25, 0.5, 0.75, 0.95] }
if (!exists("outline"))       outline = n_groups > 2
if (!exists("n_cols"))        n_cols = n_panels == 1 ? 1 : n_panels == 2 || n_panels == 4 ? 2 : 3
if (!exists("plot_height"))   plot_height = n_panels == 1 ? 360 : n_cols == 2 ? 230 : 160
if (!exists("panel_title"))   { array panel_title[n_panels];   do for [p=1:n_panels] { panel_title[p] = '' } }
if (!exists("panel_unit"))    { array panel_unit[n_panels];    do for [p=1:n_panels] { panel_unit[p] = '' } }
if (!exists("panel_percent")) { array panel_percent[n_panels]; do for [p=1:n_panels] { panel_percent[p] = 0 } }
if (!exists("level"))         { array level[n_panels];         do for [p=1:n_panels] { level[p] = NaN } }
if (!exists("group_name"))    { array group_name[n_groups];    do for [g=1:n_groups] { group_name[g] = '' } }
if (!exists("group_style"))   { array group_style[n_groups];   do for [g=1:n_groups] { group_style[g] = g } }

middle = (n_quantiles + 1)/2
block(p,g) = (p-1)*n_groups + g - 1

# Read: ranges, and the last values of lowest quantile, median and highest quantile
array end_low[n_panels*n_groups]; array end_mid[n_panels*n_groups]; array end_high[n_panels*n_groups]; array last[n_panels*n_groups]
array from_y[n_panels]; array until_y[n_panels]
eval forget_range
do for [p=1:n_panels] {
  y_lo = 1e300; y_hi = -1e300
  do for [g=1:n_groups] { i = block(p,g) + 1
    eval forget_end; stats data index i-1 using (note(column(1), cell(2))) nooutput;             end_low[i] = end_y
    eval forget_end; stats data index i-1 using (note(column(1), cell(n_quantiles+1))) nooutput; end_high[i] = end_y
    eval forget_end; stats data index i-1 using (note(column(1), cell(middle+1))) nooutput;      end_mid[i] = end_y; last[i] = end_x
  }
  if (level[p] == level[p]) { y_lo = smaller(y_lo, level[p]); y_hi = larger(y_hi, level[p]) }
  from_y[p] = y_lo; until_y[p] = y_hi
}
x_min = exists("x_from") ? x_from : x_lo
x_max = exists("x_until") ? x_until : x_hi

# Say in the subtitle how to read it
share(q) = num(100*(quantile[n_quantiles+1-q] - quantile[q]), 0).'%'
bands = share(1)
do for [q=2:middle-1] { bands = (q == middle-1 ? share(q).(nl ? ' en ' : ' and ') : share(q).', ').bands }
if (outline) { bands = share(1) }
how = nl ? 'lijn: mediaan; '.(outline ? 'dunne lijnen: ' : middle > 2 ? 'banden: ' : 'band: ').bands.' van de runs' : 'line: median; '.(outline ? 'thin lines: ' : middle > 2 ? 'bands: ' : 'band: ').bands.' of runs'
subtitle = subtitle.(strlen(subtitle) ? ' (' : '').how.(strlen(subtitle) ? ')' : '')

# Measure
y_tics = plot_height > 300 ? 5 : 4
title_lines = 0; unit_lines = 0; right_width = 0; shared_y = 0
label_size = n_cols == 1 ? size_label : size_small
at_ends = n_cols == 1
label_of(i,g) = (at_ends && strlen(group_name[g]) ? group_name[g]."\n" : '').val(end_mid[i]).' ('.interval(end_low[i], end_high[i]).')'
do for [p=1:n_panels] {
  y_lo = from_y[p]; y_hi = until_y[p]; is_percent = panel_percent[p]
  eval y_axis; eval measure_y_tics
  if (strlen(unit_line(panel_unit[p]))) { unit_lines = 1 }
  do for [g=1:n_groups] { right_width = larger(right_width, 16 + smaller(190, widest(label_of(block(p,g)+1, g), label_size))) }
}
left_width = y_tic_width + 10
if (!at_ends) { do for [g=1:n_groups] { legend_n = g; legend_text[g] = group_name[g]; legend_style[g] = group_style[g]; legend_kind[g] = 'line' } }
lane_rows = 0; lanes_everywhere = 0
eval lay_out
do for [p=1:n_panels] { if (strlen(panel_title[p])) { title_lines = larger(title_lines, lines(wrap(panel_title[p], (plot_width + left_width + right_width)/(size_text*bold_factor)))) } }
eval plan_periods
eval lay_out
eval x_axis

# Draw
eval begin_page
do for [p=1:n_panels] {
  panel = p
  eval place_panel
  y_lo = from_y[p]; y_hi = until_y[p]; is_percent = panel_percent[p]
  eval y_axis
  show_x = is_bottom; show_y = 1
  eval draw_axes
  eval draw_periods
  panel_text = panel_title[p]; unit_text = unit_line(panel_unit[p])
  eval put_panel_title
  label_n = 0
  do for [g=1:n_groups] { i = block(p,g) + 1; if (end_mid[i] == end_mid[i]) {
    label_n = label_n + 1; label_style[label_n] = group_style[g]
    label_text[label_n] = wrap(label_of(i,g), (right_width - 12)/label_size)
    label_from[label_n] = px(last[i]); label_want[label_n] = py(end_mid[i])
  } }
  eval put_labels
  if (is_bottom) { eval put_x_title }
  if (level[p] == level[p]) {
    set arrow from first x_min,level[p] to first x_max,level[p] nohead ls 10
    text = level_name[p]; tx = plot_left + 4; ty = py(level[p]) - 9; tsize = size_small; tbold = 0; tcolour = dark; talign = 'left'; eval put_text
  }
  eval put_notes
  if (outline) {
    plot for [g=1:n_groups] data index block(p,g) using 1:(cell(2)) with lines ls 10 + group_style[g] notitle, \
         for [g=1:n_groups] data index block(p,g) using 1:(cell(n_quantiles+1)) with lines ls 10 + group_style[g] notitle, \
         for [g=1:n_groups] data index block(p,g) using 1:(cell(middle+1)) with lines ls group_style[g] title group_name[g]
  } else {
    plot for [g=1:n_groups] for [q=1:middle-1] data index block(p,g) using 1:(cell(q+1)):(cell(n_quantiles+2-q)) with filledcurves fs transparent solid (0.32/(middle-1)) noborder fc rgb colour[group_style[g]] notitle, \
         for [g=1:n_groups] data index block(p,g) using 1:(cell(2)) with lines lc rgb colour[group_style[g]] lw 0.8 notitle, \
         for [g=1:n_groups] data index block(p,g) using 1:(cell(n_quantiles+1)) with lines lc rgb colour[group_style[g]] lw 0.8 notitle, \
         for [g=1:n_groups] data index block(p,g) using 1:(cell(middle+1)) with lines ls group_style[g] title group_name[g]
  }
  unset label; unset arrow; unset object
}
eval end_page
