# bifurcation.gp: where a system can rest, against a parameter: stable branches solid, unstable ones dashed,
# folds (tipping points) marked with their value.
#
# PREAMBLE, besides style.gp's                                            default
#   x_title, x_unit, x_percent   the parameter                            '', '', 0
#   y_title, y_unit, is_percent  what rests                               '', '', 0
#   n_branches         stretches of one stability                         (required)
#   branch_stable[b]   1 stable, 0 unstable                               (required)
#   branch_name[b]     e.g. 'opgesloten', 'circulair'; '' = none          ''
#   n_folds, fold_name[f]   text beside a fold                            0, its value on the x axis
#   fold_swings[f]     1 where swings begin instead: an open mark       0
#   now, now_name      the present value of the parameter: a line         none
#   x_from, x_until, y_from, y_until   axes                               the data's
#   plot_height        pixels                                             400
#
# DATA: block b (index b-1), b = 1 .. n_branches:   parameter  value       in order along the branch
# then, where n_folds > 0, block n_branches (index):   parameter  value    a row for each fold

if (!exists("x_title"))     x_title = ''
if (!exists("x_unit"))      x_unit = ''
if (!exists("y_title"))     y_title = ''
if (!exists("y_unit"))      y_unit = ''
if (!exists("is_percent"))  is_percent = 0
if (!exists("n_folds"))     n_folds = 0
if (!exists("now"))         now = NaN
if (!exists("now_name"))    now_name = nl ? 'nu' : 'today'
if (!exists("plot_height")) plot_height = 400
if (!exists("branch_name")) { array branch_name[n_branches]; do for [b=1:n_branches] { branch_name[b] = '' } }

if (!exists("fold_swings")) { array fold_swings[larger(1, n_folds)]; do for [f=1:n_folds] { fold_swings[f] = 0 } }

# Read
eval forget_range
do for [b=1:n_branches] { stats data index b-1 using (note(cell(1), cell(2))) nooutput }
n_rests = n_seen
array fold_x[larger(1, n_folds)]; array fold_y[larger(1, n_folds)]; n_read = 0
keep(x,y) = n_read >= n_folds ? 0 : (n_read = n_read + 1, fold_x[n_read] = x, fold_y[n_read] = y, note(x,y))
if (n_folds) { stats data index n_branches using (keep(cell(1), cell(2))) nooutput }
if (now == now) { x_lo = smaller(x_lo, now); x_hi = larger(x_hi, now) }
if (exists("x_from")) { x_lo = x_from }
if (exists("x_until")) { x_hi = x_until }
if (exists("y_from")) { y_lo = y_from }
if (exists("y_until")) { y_hi = y_until }
if (x_lo > x_hi) { x_lo = 0; x_hi = 1 }
has_unstable = 0; do for [b=1:n_branches] { if (!branch_stable[b]) { has_unstable = 1 } }
how = nl ? 'doorgetrokken: stabiel'.(has_unstable ? '; gestreept: onstabiel, de drempel' : '') : 'solid: stable'.(has_unstable ? '; dashed: unstable, the threshold' : '')
subtitle = subtitle.(strlen(subtitle) ? '; ' : '').how

# Measure
n_panels = 1; n_cols = 1; shared_y = 0; right_width = 20; title_lines = 0; unit_lines = 1; lane_rows = now == now; lanes_everywhere = 0
y_tics = 5; show_x = 1; show_y = 1; x_text = ' '
x_tic(x) = x_value_format(x)
eval y_axis; eval measure_y_tics
left_width = y_tic_width + 10
eval lay_out
eval x_value_axis
x_text = axis_name(x_title, x_unit_line(x_unit))
# "12%", "€ 257 miljoen per jaar", "0,4 per jaar"
behind_euro(u) = u[1:5] ne 'euros' ? u[5:*] : u[6:*]
place_name(v) = x_percent ? percent(v) : x_unit[1:4] eq 'euro' ? euro(round3(v)).behind_euro(x_unit) : human(round3(v)).(strlen(x_unit) ? ' '.x_unit : '')
if (!exists("fold_name")) { array fold_name[larger(1, n_folds)]; do for [f=1:n_folds] { fold_name[f] = (fold_swings[f] ? (nl ? 'schommelingen bij ' : 'swings at ') : (nl ? 'kantelpunt ' : 'tipping point ')).place_name(fold_x[f]) } }

# Draw
eval begin_page
panel = 1
eval place_panel
grid_axes = 'xtics ytics'
eval draw_axes
panel_text = ''; unit_text = axis_name(y_title, unit_line(y_unit))
eval put_panel_title
eval put_x_title
box_n = 0
if (now == now) {
  set arrow from first now, graph 0 to first now, graph 1.0 nohead ls 10 front
  half_name = 0.5*width(now_name, size_small)
  text = now_name; talign = 'center'; tx = smaller(page_width - margin - half_name, larger(margin + half_name, px(now))); ty = plot_bottom - plot_height - 14; tsize = size_small; tbold = 0; tcolour = dark; eval put_text
  bl = px(now) - 2; br = px(now) + 2; bt = plot_bottom - plot_height; bb = plot_bottom; eval block_box
}
# names keep clear of the branches; a branch is named beside its middle
array middle_x[n_branches]; array middle_y[n_branches]
count(x,y) = x != x || y != y || x < x_min || x > x_max || y < y_min || y > y_max ? 0 : (n_count = n_count + 1, 0)
pick(x,y) = x != x || y != y || x < x_min || x > x_max || y < y_min || y > y_max ? 0 : (n_count = n_count + 1, n_count == n_middle ? (middle_x[b] = x, middle_y[b] = y) : 0, n_count % every_nth == 0 ? block_point(x,y) : 0)
mark_n = 0
do for [f=1:n_folds] { if (fold_x[f] == fold_x[f]) { mark_n = mark_n + 1; mark_x[mark_n] = px(fold_x[f]); mark_y[mark_n] = py(fold_y[f]); mark_text[mark_n] = wrap(fold_name[f], 230.0/size_small); mark_colour[mark_n] = dark; mark_bold[mark_n] = 1 } }
do for [b=1:n_branches] {
  n_count = 0; middle_x[b] = NaN; middle_y[b] = NaN
  stats data index b-1 using (count(cell(1), cell(2))) nooutput
  n_middle = (n_count + 1)/2; every_nth = int(larger(1, n_count/100)); n_count = 0
  stats data index b-1 using (pick(cell(1), cell(2))) nooutput
  if (strlen(branch_name[b]) && middle_x[b] == middle_x[b]) { mark_n = mark_n + 1; mark_bold[mark_n] = 0; mark_x[mark_n] = px(middle_x[b]); mark_y[mark_n] = py(middle_y[b]); mark_text[mark_n] = wrap(branch_name[b], 200.0/size_label); mark_colour[mark_n] = branch_stable[b] ? ink[1] : ink[6] }
}
mark_size = size_small
eval put_marks
do for [f=1:n_folds] { if (fold_x[f] == fold_x[f]) { set label '' at first fold_x[f],fold_y[f] point pt 7 ps 1.1 lc rgb '#FFFFFF' front; set label '' at first fold_x[f],fold_y[f] point pt (fold_swings[f] ? 6 : 7) ps (fold_swings[f] ? 1.0 : 0.85) lw 2 lc rgb dark front } }
if (n_rests == 0) { eval say_no_data }
note_halo = 1; eval put_notes
set style line 21 lc rgb colour[1] lw 3.2 dt solid
set style line 22 lc rgb colour[6] lw 2.4 dt (5,3)
plot for [b=1:n_branches] data index b-1 using (cell(1)):(cell(2)) with lines ls (branch_stable[b] ? 21 : 22) title branch_name[b]
eval end_page
