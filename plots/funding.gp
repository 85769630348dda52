# funding.gp: who pays: euro per year by source as stacked areas over time, one panel per model (1 to 4).
#
# PREAMBLE, besides style.gp's                                            default
#   n_panels           models                                             1
#   n_sources          sources of money, stacked from the bottom          (required)
#   source_name[s]     'publiek', 'bedrijven', ...                        (required)
#   source_area[s]     1 to 9: area colour (see style.gp)                 s
#   unit               of the data                                        'euro per jaar' / 'euros per year'
#   panel_title[p]     model                                              ''
#   panel_note[p]      a line under it, e.g. 'samen € 412 miljoen, 38% publiek'   ''
#   shared_y           0: every panel its own value axis                  1
#   x_from, x_until    time axis                                          the data's
#   n_cols             columns                                            n_panels; 2 for 4 panels
#   plot_height        pixels of the plot in a panel                      by n_panels
#
# DATA: block p (index p-1), p = 1 .. n_panels:   time  amount of source 1 ... amount of source n_sources
# Amounts are not cumulated and not negative; ? counts as nothing paid.

if (!exists("n_panels"))    n_panels = 1
if (!exists("shared_y"))    shared_y = 1
if (!exists("unit"))        unit = nl ? 'euro per jaar' : 'euros per year'
if (!exists("n_cols"))      n_cols = n_panels > 3 ? 2 : n_panels
if (!exists("plot_height")) plot_height = n_panels == 1 ? 340 : n_panels == 2 ? 280 : 220
if (!exists("panel_title")) { array panel_title[n_panels]; do for [p=1:n_panels] { panel_title[p] = '' } }
if (!exists("panel_note"))  { array panel_note[n_panels];  do for [p=1:n_panels] { panel_note[p] = '' } }
if (!exists("source_area")) { array source_area[n_sources]; do for [s=1:n_sources] { source_area[s] = s } }

amount(c) = valid(c) && column(c) == column(c) ? column(c) : 0
paid(c)   = c > n_sources + 1 ? 0 : valid(c) && column(c) == column(c) ? 1 : paid(c + 1)
stack(s)  = s < 1 ? 0 : sum [c=2:s+1] amount(c)        # top of source s: sources 1 .. s on each other

# Read: ranges, and samples of the stack in every panel, to find room for the names
array top[n_panels*(n_sources+1)*samples]
at(p,s,j) = ((p-1)*(n_sources+1) + s)*samples + j
array until_y[n_panels]; array n_paid[n_panels]
eval forget_range
do for [p=1:n_panels] {
  y_lo = 0; y_hi = 0
  n_seen = 0; stats data index p-1 using (note(column(1), paid(2) ? stack(n_sources) : NaN)) nooutput
  n_paid[p] = n_seen
  until_y[p] = y_hi
}
x_min = exists("x_from") ? x_from : x_lo
x_max = exists("x_until") ? x_until : x_hi
array peak[n_panels]; do for [p=1:n_panels] { peak[p] = until_y[p] }
sample(x) = floor((samples - 1)*(x - x_min)/(x_max - x_min)) + 1
keep(p,s,x,y) = x < x_min || x > x_max ? 0 : (top[at(p,s,sample(x))] = y, 0)
do for [p=1:n_panels] { do for [s=0:n_sources] {
  do for [j=1:samples] { top[at(p,s,j)] = NaN }
  stats data index p-1 using (keep(p, s, column(1), stack(s))) nooutput
  do for [j=2:samples] { if (top[at(p,s,j)] != top[at(p,s,j)]) { top[at(p,s,j)] = top[at(p,s,j-1)] } }
} }
if (shared_y) { do for [p=1:n_panels] { until_y[1] = larger(until_y[1], until_y[p]) }; do for [p=2:n_panels] { until_y[p] = until_y[1] } }

# Measure
is_percent = 0; y_tics = plot_height > 300 ? 5 : 4
title_lines = 0; unit_lines = 0; right_width = 8
do for [p=1:n_panels] { y_lo = 0; y_hi = until_y[p]; eval y_axis; eval measure_y_tics; if (strlen(panel_note[p])) { unit_lines = 1 } }
subtitle = strlen(subtitle) ? subtitle.', '.unit_line(unit) : unit_line(unit)
left_width = y_tic_width + 10
lane_rows = 0; lanes_everywhere = 0
eval lay_out
do for [p=1:n_panels] { if (strlen(panel_note[p])) { unit_lines = larger(unit_lines, lines(wrap(panel_note[p], (plot_width + right_width)/size_small))) } }
do for [p=1:n_panels] { if (strlen(panel_title[p])) { title_lines = larger(title_lines, lines(wrap(panel_title[p], plot_width/(size_text*bold_factor)))) } }

# Place the names on the areas. If one is visible in some panel but has no room for its name there, a legend is added.
word_nothing_paid = nl ? 'niets betaald' : 'nothing paid'
array name_x[n_panels*n_sources]; array name_y[n_panels*n_sources]
nameless = 0
do for [s=1:n_sources] { do for [p=1:n_panels] {
  y_lo = 0; y_hi = until_y[p]; eval y_axis
  do for [j=1:samples] { room_low[j] = top[at(p,s-1,j)]; room_high[j] = top[at(p,s,j)] }
  text = source_name[s]; eval find_room
  i = (p-1)*n_sources + s; name_x[i] = room_found ? room_x : NaN; name_y[i] = room_found ? room_y : NaN
  if (!room_found && room_thick > 1.5) { nameless = 1 }
} }
if (nameless) { do for [s=n_sources:1:-1] { legend_n = legend_n + 1; legend_text[legend_n] = source_name[s]; legend_style[legend_n] = source_area[s]; legend_kind[legend_n] = 'area' } }

eval plan_periods
eval lay_out
eval x_axis

# Draw
eval begin_page
do for [p=1:n_panels] {
  panel = p
  eval place_panel
  y_lo = 0; y_hi = until_y[p]; eval y_axis
  show_x = is_bottom; show_y = is_left || !shared_y
  eval draw_axes
  eval draw_periods
  panel_text = panel_title[p]; unit_text = panel_note[p]
  eval put_panel_title
  if (is_bottom) { eval put_x_title }
  do for [s=1:n_sources] { i = (p-1)*n_sources + s
    if (name_x[i] == name_x[i]) {
      text = source_name[s]; tx = plot_left + plot_width*name_x[i]; ty = py(name_y[i]); tsize = size_label; tbold = 0; tcolour = '#000000'; talign = 'center'
      eval put_text
    }
  }
  if (peak[p] <= 0) { text = n_paid[p] ? word_nothing_paid : word_no_data; eval say_in_middle }
  eval put_notes
  plot for [s=n_sources:1:-1] data index p-1 using 1:(stack(s)) with filledcurves y1=0 fs solid noborder fc rgb area[source_area[s]] title source_name[s], \
       for [s=n_sources:1:-1] data index p-1 using 1:(stack(s)) with lines lc rgb '#FFFFFF' lw 1.2 notitle
  unset label; unset arrow; unset object
}
eval end_page
