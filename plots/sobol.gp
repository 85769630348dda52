# sobol.gp: which assumptions an outcome hangs on: share of its variance that each explains alone (first-order
# index, dark) and together with the others (total index, pale), with confidence intervals.
#
# PREAMBLE, besides style.gp's                                            default
#   n_bars             assumptions, most important on top                 (required)
#   bar_name[i]        name                                               (required)
#   first_name, total_name   what the two bars are called                 'alleen', 'met wisselwerking'
#   has_first          0: only totals (as for other measures)             1
#   x_title            of the axis                                        'deel van de spreiding'
#   index_percent      0: the data are no fractions                       1
#   bar_height         pixels                                             34, 42 where names take two lines
#
# DATA: block 0, a row for each bar:   first  its low  its high  total  its low  its high      ? where unknown

if (!exists("first_name")) first_name = nl ? 'alleen' : 'alone'
if (!exists("total_name")) total_name = nl ? 'samen met andere aannames' : 'together with other assumptions'
if (!exists("has_first"))  has_first = 1
if (!exists("x_title"))    x_title = nl ? 'deel van de spreiding dat de aanname verklaart' : 'share of the variance that the assumption explains'
if (!exists("x_unit"))     x_unit = ''
if (exists("index_percent")) { x_percent = index_percent } else { x_percent = 1 }

# Read
array first[n_bars]; array first_low[n_bars]; array first_high[n_bars]
array total[n_bars]; array total_low[n_bars]; array total_high[n_bars]
do for [i=1:n_bars] { first[i] = NaN; total[i] = NaN; total_high[i] = NaN; first_high[i] = NaN }
n_read = 0
keep(a,b,c,d,e,f) = n_read >= n_bars ? 0 : (n_read = n_read + 1, first[n_read] = a, first_low[n_read] = b, first_high[n_read] = c, \
                    total[n_read] = d, total_low[n_read] = e, total_high[n_read] = f, note(a,0), note(c,0), note(d,0), note(f,0), note(0,0))
eval forget_range
stats data index 0 using (keep(cell(1), cell(2), cell(3), cell(4), cell(5), cell(6))) nooutput
if (x_lo > x_hi || x_hi <= 0) { x_hi = 1 }
x_lo = 0                                        # an estimate a little below 0 is 0 within its error

# Measure
n_panels = 1; n_cols = 1; shared_y = 0; title_lines = 0; unit_lines = 0; lane_rows = 0; lanes_everywhere = 0
val_of(v) = x_percent ? num(100*larger(0, v), 0).'%' : short(v)
name_width = 0; right_width = 20
do for [i=1:n_bars] { name_width = larger(name_width, widest(wrap(bar_name[i], 300.0/size_label), size_label)) }
left_width = name_width + 16; right_width = 62
tallest = 1; do for [i=1:n_bars] { tallest = larger(tallest, lines(wrap(bar_name[i], 300.0/size_label))) }
if (!exists("bar_height")) { bar_height = tallest > 1 ? 22*tallest - 2 : 34 }
plot_height = n_bars*bar_height
if (has_first) { legend_n = 2; legend_kind[1] = 'bar'; legend_style[1] = 1; legend_text[1] = first_name
  legend_kind[2] = 'area'; legend_style[2] = 1; legend_text[2] = total_name }
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
furthest(a,b) = larger(a == a ? a : 0, b == b ? b : 0)
in_axis(v) = larger(x_min, smaller(x_max, v))
do for [i=1:n_bars] {
  text = wrap(bar_name[i], 300.0/size_label); tx = margin; tsize = size_label; tbold = 0; tcolour = dark; talign = 'left'
  ty = py(row_of(i)) - 0.5*(lines(text) - 1)*pitch(tsize); eval put_text
  tsize = size_small; tcolour = soft; talign = 'left'; ty = py(row_of(i))
  if (total[i] == total[i]) { text = val_of(total[i]); tx = px(in_axis(larger(furthest(total[i], total_high[i]), has_first ? furthest(first[i], first_high[i]) : 0))) + 7 } \
  else { text = word_no_data; tx = px(x_min) + 7 }
  eval put_text
}
eval put_notes
bar_of(v) = v == v ? in_axis(v) : x_min
plot for [i=1:n_bars] '+' every ::0::0 using (x_min):(row_of(i)):(x_min):(bar_of(total[i])):(row_of(i)-0.33):(row_of(i)+0.33) with boxxyerror fs solid noborder fc rgb area[1] notitle, \
     for [i=1:n_bars] '+' every ::0::0 using (x_min):(row_of(i)):(x_min):(has_first ? bar_of(first[i]) : x_min):(row_of(i)-0.15):(row_of(i)+0.15) with boxxyerror fs solid noborder fc rgb colour[1] notitle, \
     for [i=1:n_bars] '+' every ::0::0 using (total[i]):(row_of(i)+0.24):(in_axis(total_low[i])):(in_axis(total_high[i])) with xerrorbars pt -1 lw 1.4 lc rgb dark notitle, \
     for [i=1:n_bars] '+' every ::0::0 using (has_first ? first[i] : NaN):(row_of(i)):(in_axis(first_low[i])):(in_axis(first_high[i])) with xerrorbars pt -1 lw 1.4 lc rgb '#000000' notitle
eval end_page
