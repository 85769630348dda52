# loops.gp: which feedback loops drive the behaviour, when: shares of the loop scores as stacked areas over time,
# reinforcing loops above zero, balancing ones below; one panel per model or scenario (1 to 4).
#
# PREAMBLE, besides style.gp's                                            default
#   n_panels, panel_title[p], panel_note[p]                               1, '', ''
#   n_loops            loops, in the order of stacking away from zero     (required)
#   loop_name[s]       'R1 kip en ei', ...                                (required)
#   loop_area[s]       1 to 9: area colour (see style.gp)                 s
#   n_phases           stretches of time with one dominant loop           0
#     phase_from[i], phase_until[i], phase_name[i], phase_panel[i]
#   x_from, x_until    time axis                                          the data's
#   n_cols, plot_height                                                   1, by n_panels
#
# DATA: block p (index p-1), p = 1 .. n_panels:   time  share of loop 1 ... share of loop n_loops
# A share is score / sum of |scores|: between -1 and 1, negative while the loop is balancing; ? where none is defined.

if (!exists("n_panels"))    n_panels = 1
if (!exists("n_phases"))    n_phases = 0
if (!exists("n_cols"))      n_cols = n_panels > 2 ? 2 : 1
if (!exists("plot_height")) plot_height = n_panels == 1 ? 360 : n_cols == 1 ? 250 : 240
if (!exists("panel_title")) { array panel_title[n_panels]; do for [p=1:n_panels] { panel_title[p] = '' } }
if (!exists("panel_note"))  { array panel_note[n_panels];  do for [p=1:n_panels] { panel_note[p] = '' } }
if (!exists("loop_area"))   { array loop_area[n_loops]; do for [s=1:n_loops] { loop_area[s] = s } }
if (n_phases > 0 && !exists("phase_panel")) { array phase_panel[n_phases]; do for [i=1:n_phases] { phase_panel[i] = 1 } }

part(c,side) = valid(c) && column(c) == column(c) && column(c)*side > 0 ? column(c) : 0
any(c) = c > n_loops + 1 ? 0 : valid(c) && column(c) == column(c) ? 1 : any(c + 1)
stack(s,side) = !any(2) ? NaN : s < 1 ? 0 : sum [c=2:s+1] part(c, side)      # outer edge of loop s on the reinforcing (1) or balancing (-1) side

# Read: samples of both stacks in every panel, to find room for the names
array edge[n_panels*2*(n_loops+1)*samples]
at(p,side,s,j) = (((p-1)*2 + (side > 0))*(n_loops+1) + s)*samples + j
array data_end[n_panels]
eval forget_range
lowest_seen = 0; highest_seen = 0
do for [p=1:n_panels] {
  y_lo = 0; y_hi = 0; eval forget_end
  stats data index p-1 using (note(column(1), stack(n_loops, 1)), note(column(1), stack(n_loops, -1))) nooutput
  data_end[p] = end_x
  lowest_seen = smaller(lowest_seen, y_lo); highest_seen = larger(highest_seen, y_hi)
}
x_min = exists("x_from") ? x_from : x_lo
x_max = exists("x_until") ? x_until : x_hi
if (x_min > x_max) { x_min = 0; x_max = 1 }
sample(x) = floor((samples - 1)*(x - x_min)/(x_max - x_min)) + 1
keep(p,side,s,x,y) = x < x_min || x > x_max || x_max == x_min ? 0 : (edge[at(p,side,s,sample(x))] = y, 0)
do for [p=1:n_panels] { do for [side=-1:1:2] { do for [s=0:n_loops] {
  do for [j=1:samples] { edge[at(p,side,s,j)] = NaN }
  stats data index p-1 using (keep(p, side, s, column(1), stack(s, side))) nooutput
  do for [j=2:samples] { if (edge[at(p,side,s,j)] != edge[at(p,side,s,j)]) { edge[at(p,side,s,j)] = data_end[p] == data_end[p] && j > sample(data_end[p]) ? 0 : edge[at(p,side,s,j-1)] } }
  do for [j=samples-1:1:-1] { if (edge[at(p,side,s,j)] != edge[at(p,side,s,j)]) { edge[at(p,side,s,j)] = edge[at(p,side,s,j+1)] } }
} } }

# Measure. One axis for all panels.
is_percent = 1; y_tics = 5; shared_y = 1; title_lines = 0; unit_lines = 0; right_width = 8
y_step = 0.25; y_scale = 1
y_min = -0.25*ceil(-lowest_seen/0.25 - 1e-6); y_max = 0.25*ceil(highest_seen/0.25 - 1e-6)
if (y_max <= y_min) { y_min = 0; y_max = 1 }
tic(v) = num(100*abs(v), 0).'%'
tic_format(v) = num(100*abs(v), 0).'%%'
eval measure_y_tics
side_name_up = nl ? 'versterkend' : 'reinforcing'; side_name_down = nl ? 'dempend' : 'balancing'
left_width = y_tic_width + 28
do for [p=1:n_panels] { if (strlen(panel_note[p])) { unit_lines = 1 } }
how = nl ? 'aandeel van elke lus; boven de nullijn versterkend, eronder dempend' : 'share of each loop; reinforcing above the zero line, balancing below'
subtitle = subtitle.(strlen(subtitle) ? '; ' : '').how
lane_rows = 0; lanes_everywhere = 0
eval lay_out
do for [p=1:n_panels] { if (strlen(panel_title[p])) { title_lines = larger(title_lines, lines(wrap(panel_title[p], plot_width/(size_text*bold_factor)))) } }

# Place the names on the areas. A loop with no room for its name in some panel goes into a legend.
array name_x[n_panels*n_loops]; array name_y[n_panels*n_loops]; array nameless[n_loops]
do for [s=1:n_loops] { nameless[s] = 0; do for [p=1:n_panels] {
  i = (p-1)*n_loops + s; name_x[i] = NaN; name_y[i] = NaN; thickest = 0
  do for [side=-1:1:2] {
    do for [j=1:samples] { a = edge[at(p,side,s-1,j)]; b = edge[at(p,side,s,j)]; room_low[j] = side > 0 ? a : b; room_high[j] = side > 0 ? b : a }
    text = loop_name[s]; eval find_room
    if (room_found && room_thick > thickest) { name_x[i] = room_x; name_y[i] = room_y; thickest = room_thick }
    if (!room_found && room_thick > 4 && thickest == 0) { thickest = 0.1 }
  }
  if (thickest > 0 && name_x[i] != name_x[i]) { nameless[s] = 1 }
} }
do for [s=1:n_loops] { if (nameless[s]) { legend_n = legend_n + 1; legend_text[legend_n] = loop_name[s]; legend_style[legend_n] = loop_area[s]; legend_kind[legend_n] = 'area' } }
eval plan_periods                                # phases stand above the lanes of the periods
period_rows = lane_rows
if (n_phases) { lane_rows = lane_rows + 1; lanes_everywhere = lanes_everywhere || n_panels > n_cols }
eval lay_out
eval x_axis

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
  if (is_bottom) { eval put_x_title }
  tsize = size_small; tbold = 0; tcolour = soft
  if (is_left && y_max > 0) { set label side_name_up at screen sx(plot_left - left_width + 8),sy(0.5*(py(0) + py(y_max))) center rotate by 90 font font(size_small) tc rgb soft front }
  if (is_left && y_min < 0) { set label side_name_down at screen sx(plot_left - left_width + 8),sy(0.5*(py(0) + py(y_min))) center rotate by 90 font font(size_small) tc rgb soft front }
  do for [i=1:n_phases] { if (phase_panel[i] == p) {
    left = larger(x_min, phase_from[i]); right = smaller(x_max, phase_until[i])
    if (right > left) {
      text = shorten(phase_name[i], larger(1.5, (px(right) - px(left) - 4)/size_small)); tx = 0.5*(px(left) + px(right)); ty = plot_bottom - plot_height - (period_rows + 0.5)*lane_pitch - 3; talign = 'center'; tcolour = dark
      if (px(right) - px(left) > 24) { eval put_text }
      set arrow from screen sx(px(left) + 1),sy(plot_bottom - plot_height - period_rows*lane_pitch - 4) to screen sx(px(right) - 1),sy(plot_bottom - plot_height - period_rows*lane_pitch - 4) nohead lw 3 lc rgb '#666666'
    } } }
  do for [s=1:n_loops] { i = (p-1)*n_loops + s
    if (name_x[i] == name_x[i]) {
      text = loop_name[s]; tx = plot_left + plot_width*name_x[i]; ty = py(name_y[i]); tsize = size_label; tbold = 0; tcolour = '#000000'; talign = 'center'
      eval put_text } }
  if (data_end[p] != data_end[p]) { eval say_no_data }
  eval put_notes
  plot for [side=-1:1:2] for [s=n_loops:1:-1] data index p-1 using 1:(stack(s, side)) with filledcurves y1=0 fs solid noborder fc rgb area[loop_area[s]] notitle, \
       for [side=-1:1:2] for [s=n_loops:1:-1] data index p-1 using 1:(stack(s, side)) with lines lc rgb '#FFFFFF' lw 1.2 notitle, \
       0 with lines lc rgb dark lw 1.4 notitle
  unset label; unset arrow; unset object
}
eval end_page
