# heatmap.gp: an outcome over two parameters, with a contour (for example the tipping level).
#
# PREAMBLE, besides style.gp's                                            default
#   x_title, x_unit, y_title, y_unit   names and units of the parameters  ''     e.g. 'publiek geld', 'euro per jaar'
#   x_percent, is_percent   1: x / y values are fractions shown as %      0, 0
#   z_title, z_unit    name and unit of the outcome                       ''
#   z_percent          1: the outcome is a fraction shown as %            0
#   z_from, z_until    ends of the colour scale                           the data's
#   contour, contour_name   value of z where the contour runs             none
#   missing_name       what a grey cell means                             'geen uitkomst' / 'no outcome'
#   plot_height        pixels                                             380
# Notes (n_notes, see style.gp) name the regions: "kantelt", "valt terug", or mark the present.
#
# DATA: block 0, a grid:   x  y  z      rows of one x each, parted by one empty line; equal steps in x and in y

if (!exists("x_title"))      x_title = ''
if (!exists("y_title"))      y_title = ''
if (!exists("is_percent"))   is_percent = 0
if (!exists("x_unit"))       x_unit = ''
if (!exists("y_unit"))       y_unit = ''
if (!exists("z_title"))      z_title = ''
if (!exists("z_unit"))       z_unit = ''
if (!exists("z_percent"))    z_percent = 0
if (!exists("contour_name")) contour_name = ''
if (!exists("missing_name")) missing_name = nl ? 'geen uitkomst' : 'no outcome'
if (!exists("plot_height"))  plot_height = 380

# Read: ranges, steps, missing cells
n_missing = 0; n_cells = 0; last_y = NaN; y_gap = 1e300; z_lo = 1e300; z_hi = -1e300; n_x = 0
see(x,y,z) = (n_cells = n_cells + 1, z == z ? (z_lo = smaller(z, z_lo), z_hi = larger(z, z_hi)) : (n_missing = n_missing + 1), \
              x != end_x ? (n_x = n_x + 1) : 0, last_y == last_y && y != last_y ? (y_gap = smaller(y_gap, abs(y - last_y))) : 0, last_y = y, note(x,y))
eval forget_range
stats data index 0 using (see(column(1), column(2), cell(3))) nooutput
x_half = 0.5*(x_hi - x_lo)/(n_x - 1); y_half = 0.5*y_gap
if (exists("z_from")) { z_lo = z_from }
if (exists("z_until")) { z_hi = z_until }
if (z_lo > z_hi) { z_lo = 0; z_hi = 1 }
y_date = is_date(y_unit, y_lo, y_hi); z_date = is_date(z_unit, z_lo, z_hi)
if (y_date) { y_unit = '' }
if (z_date) { z_unit = '' }
if (z_hi <= z_lo) { z_hi = z_lo + 1 }
has_contour = exists("contour") && n_missing < n_cells && contour > z_lo && contour < z_hi

# The contour, computed from the same grid
if (has_contour) {
  set contour base; set cntrparam levels discrete contour; unset surface
  set table $contour_line
  splot data index 0 using 1:2:(cell(3)) with lines
  unset table; unset contour; set surface
}

# Measure
n_panels = 1; n_cols = 1; shared_y = 0; right_width = 20; title_lines = 0; unit_lines = 1; lane_rows = 0; lanes_everywhere = 0
show_x = 1; show_y = 1; y_tics = 6
x_tic(x) = x_value_format(x)
x_first = x_lo - x_half; x_last = x_hi + x_half; y_first = y_lo - y_half; y_last = y_hi + y_half
y_axis_round = 'eval y_axis; y_min = y_first; y_max = y_last'
eval y_axis_round; eval measure_y_tics
left_width = y_tic_width + 10
z_val(v) = z_percent ? percent(v) : z_date ? plain(v, 1) : short(round3(v/scale_of(z_hi)))
legend_n = 1; legend_kind[1] = 'scale'; legend_text[1] = axis_name(z_title, z_percent ? z_unit : scale_word(scale_of(z_hi)).z_unit); legend_style[1] = 7
scale_low = z_val(z_lo); scale_high = z_val(z_hi)
if (has_contour && strlen(contour_name)) { legend_n = 2; legend_text[2] = contour_name; legend_style[2] = 7; legend_kind[2] = 'line' }
if (n_missing) { legend_n = legend_n + 1; legend_text[legend_n] = missing_name; legend_style[legend_n] = 9; legend_kind[legend_n] = 'area' }
set style line 7 lc rgb '#000000' lw 2.6 dt solid
x_text = ' '
eval lay_out
x_lo = x_first; x_hi = x_last; eval x_value_axis; x_min = x_first; x_max = x_last
x_text = axis_name(x_title, x_unit_line(x_unit))

# Draw: cells overlap a little so that no seams show; the grey behind them is what is missing
set cbrange [z_lo:z_hi]
eval begin_page
panel = 1
eval place_panel
grid_axes = ''
eval draw_axes
panel_text = ''; unit_text = axis_name(y_title, (is_percent ? '' : scale_word(y_scale)).y_unit)
eval put_panel_title
eval put_x_title
note_halo = 1; eval put_notes
if (n_missing) { set object rect from graph 0,0 to graph 1,1 behind fs solid noborder fc rgb area[9] }
with_contour = has_contour ? ', $contour_line using 1:2 with lines lc rgb "#FFFFFF" lw 5 notitle, $contour_line using 1:2 with lines ls 7 title contour_name' : ''
if (n_missing == n_cells) { eval say_no_data }
eval 'plot data index 0 using (cell(3) == cell(3) ? $1 : NaN):2:($1-x_half):($1+1.06*x_half):($2-y_half):($2+1.06*y_half):(cell(3)) with boxxyerror fs solid noborder fc palette notitle'.with_contour
eval end_page
