# tornado.gp: how far each assumption alone moves an outcome: bars from its low to its high value, longest on top.
#
# PREAMBLE, besides style.gp's                                            default
#   n_bars             assumptions                                        (required)
#   bar_name[i]        name                                               (required)
#   bar_low[i], bar_high[i]   its low and high value, as a text, e.g. '0,05 jaar'   ''
#   base, base_name    the outcome with every assumption as it stands     none
#   level, level_name  a level of the outcome, such as the tipping level  none
#   x_title, x_unit, x_percent   the outcome                              '', '', 0
#   bar_height         pixels                                             34, 42 where names take two lines
#
# DATA: block 0, a row for each bar, in their order:   outcome at the low value   outcome at the high value
#       ? where that run failed, or has no such outcome

if (!exists("x_title"))    x_title = ''
if (!exists("x_unit"))     x_unit = ''
if (!exists("base"))       base = NaN
if (!exists("base_name"))  base_name = nl ? 'uitgangspunt' : 'as assumed'
if (!exists("level"))      level = NaN
if (!exists("level_name")) level_name = ''
if (!exists("bar_low"))    { array bar_low[n_bars];  do for [i=1:n_bars] { bar_low[i] = '' } }
if (!exists("bar_high"))   { array bar_high[n_bars]; do for [i=1:n_bars] { bar_high[i] = '' } }

# Read
array at_low[n_bars]; array at_high[n_bars]
do for [i=1:n_bars] { at_low[i] = NaN; at_high[i] = NaN }
n_read = 0
keep(a,b) = n_read >= n_bars ? 0 : (n_read = n_read + 1, at_low[n_read] = a, at_high[n_read] = b, note(a,0), note(b,0))
eval forget_range
stats data index 0 using (keep(cell(1), cell(2))) nooutput
if (base == base) { x_lo = smaller(x_lo, base); x_hi = larger(x_hi, base) }
if (level == level) { x_lo = smaller(x_lo, level); x_hi = larger(x_hi, level) }
if (x_lo > x_hi) { x_lo = 0; x_hi = 1 }
middle = base == base ? base : 0.5*(x_lo + x_hi)

word_no_outcome = nl ? 'geen uitkomst' : 'no outcome'

# Measure: names left, values of the assumptions at the ends of the bars
n_panels = 1; n_cols = 1; shared_y = 0; title_lines = 0; unit_lines = 0; lane_rows = 2; lanes_everywhere = 0
name_width = 0; low_width = 0; high_width = 0
do for [i=1:n_bars] { if (at_low[i] != at_low[i]) { bar_low[i] = bar_low[i].': '.word_no_outcome }; if (at_high[i] != at_high[i]) { bar_high[i] = bar_high[i].': '.word_no_outcome }
  name_width = larger(name_width, widest(wrap(bar_name[i], 250.0/size_label), size_label))
  low_width = larger(low_width, larger(width(bar_low[i], size_small), width(bar_high[i], size_small))) }
left_width = name_width + low_width + 26; right_width = low_width + 14
tallest = 1; do for [i=1:n_bars] { tallest = larger(tallest, lines(wrap(bar_name[i], 250.0/size_label))) }
if (!exists("bar_height")) { bar_height = tallest > 1 ? 22*tallest - 2 : 34 }
plot_height = n_bars*bar_height
legend_n = 2; legend_kind[1] = 'bar'; legend_style[1] = 5; legend_text[1] = nl ? 'aanname laag' : 'assumption low'
legend_kind[2] = 'bar'; legend_style[2] = 6; legend_text[2] = nl ? 'aanname hoog' : 'assumption high'
x_text = ' '
x_tic(x) = x_value_format(x)
is_percent = 0; y_min = 0; y_max = n_bars; y_step = 10*n_bars; y_scale = 1
eval lay_out
eval x_value_axis
x_text = axis_name(x_title, x_unit_line(x_unit))

# Draw
eval begin_page
panel = 1
eval place_panel
grid_axes = 'xtics'
show_x = 1; show_y = 0
eval draw_axes
eval put_x_title
row_of(i) = n_bars - i + 0.5
do for [i=1:n_bars] {
  ty = py(row_of(i))
  text = wrap(bar_name[i], 250.0/size_label); tx = margin; tsize = size_label; tbold = 0; tcolour = dark; talign = 'left'
  ty = ty - 0.5*(lines(text) - 1)*pitch(tsize); eval put_text
  ty = py(row_of(i)); tsize = size_small; tcolour = soft
  ends_low = at_low[i] == at_low[i] ? at_low[i] : middle; ends_high = at_high[i] == at_high[i] ? at_high[i] : middle
  low_is_left = ends_low <= ends_high
  tx = px(smaller(middle, smaller(ends_low, ends_high))) - 5; talign = 'right'; text = low_is_left ? bar_low[i] : bar_high[i]; tcolour = low_is_left ? ink[5] : ink[6]; eval put_text
  tx = px(larger(middle, larger(ends_low, ends_high))) + 5; talign = 'left'; text = low_is_left ? bar_high[i] : bar_low[i]; tcolour = low_is_left ? ink[6] : ink[5]; eval put_text
}
tsize = size_small; tbold = 0; tcolour = dark
base_width = width(base_name, size_small); level_width = width(level_name, size_small)
top = plot_bottom - plot_height
if (base == base) {
  set arrow from first base, graph 0 to screen sx(px(base)),sy(top - 8) nohead lw 1.6 lc rgb dark front
  text = base_name; talign = 'center'; tx = smaller(page_width - margin - 0.5*base_width, larger(margin + 0.5*base_width, px(base))); ty = top - 17; eval put_text
}
if (level == level) {
  set arrow from first level, graph 0 to screen sx(px(level)),sy(top - 28) nohead ls 10 front
  text = level_name; talign = 'center'; tx = smaller(page_width - margin - 0.5*level_width, larger(margin + 0.5*level_width, px(level))); ty = top - 37; eval put_text
}
eval put_notes
half = 0.33
bar(i,v) = v == v ? v : middle
plot for [i=1:n_bars] '+' every ::0::0 using (middle):(row_of(i)):(smaller(middle,bar(i,at_low[i]))):(larger(middle,bar(i,at_low[i]))):(row_of(i)-half):(row_of(i)+half) with boxxyerror fs solid noborder fc rgb colour[5] notitle, \
     for [i=1:n_bars] '+' every ::0::0 using (middle):(row_of(i)):(smaller(middle,bar(i,at_high[i]))):(larger(middle,bar(i,at_high[i]))):(row_of(i)-(abs(at_low[i]-middle) > 1e-12*abs(middle) && (at_low[i]-middle)*(at_high[i]-middle) > 0 ? 0.5*half : half)):(row_of(i)+(abs(at_low[i]-middle) > 1e-12*abs(middle) && (at_low[i]-middle)*(at_high[i]-middle) > 0 ? 0.5*half : half)) with boxxyerror fs solid noborder fc rgb colour[6] notitle
eval end_page
