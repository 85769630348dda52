# style.gp: the house style of Kantelpunt's charts.
#
# A chart script is   preamble (texts, arrays, ranges)  +  this file  +  one template.
# In the charts folder:  gnuplot NAME.gp                      draws NAME.svg
#                        gnuplot -e "format='png'" NAME.gp    draws NAME.png  ('pdf' likewise)
# Needs gnuplot 5.4, nothing else. All positions are pixels of a page 900 wide, y downwards
# from the top, turned into screen coordinates by sx() and sy(): so the three formats agree.
# Text is drawn line by line and never "enhanced": _ ^ { } @ & in names are harmless.
#
# Gnuplot 5.4 has no procedures. A "procedure" here is a string of commands; `eval NAME` runs it.
# Its inputs and outputs are global variables, named in the comment above it.
#
# PREAMBLE VARIABLES OF EVERY CHART               default
#   chart            base name of the files          (required)
#   data             data file                       chart.".dat"
#   output_file      picture                         chart.".".format
#   lang             'nl' or 'en'                    'nl'
#   title            the finding, in bold            ''
#   subtitle         what is shown, of what          ''
#   source           where the data come from        ''       shown as "Bron: ..." / "Source: ..."
#   run_id           id of the run or results folder ''       shown behind the source
#   caveat           a warning that must be read     ''       e.g. '12 of 20,000 runs failed'
#   n_data_rows      rows of the data file           any      with fewer or more, the foot says so
#   page_width       pixels                          900      16 cm in PDF, 1800 px in PNG
#   x_title          name of the time axis           ''       years need none
#   plot_height      pixels of the plot in a panel   per template; the page grows with it
#   n_notes          number of notes in the plot      0
#     note_x[i], note_y[i], note_text[i]   where (values on the axes) and what
#     note_panel[i]     panel                          1
#     note_align[i]     'left', 'right', 'center'      'left', right of the point
#     note_dot[i]       1: with a dot at the place     0
#   n_periods        number of policy periods        0
#     period_from[i], period_until[i], period_name[i]
#     period_panel[i]   panel it belongs to, 0 = all panels (default)
# Texts are best written in single quotes, with ' doubled; UTF-8.

set encoding utf8
set datafile missing '?'
if (!exists("format"))      format      = 'svg'
if (!exists("output_file")) output_file = chart.'.'.format
if (!exists("lang"))        lang        = 'nl'
if (!exists("data"))        data        = chart.'.dat'
if (!exists("title"))       title       = ''
if (!exists("subtitle"))    subtitle    = ''
if (!exists("source"))      source      = ''
if (!exists("run_id"))      run_id      = ''
if (!exists("caveat"))      caveat      = ''
if (exists("folder_caveat")) { caveat = caveat.(strlen(caveat) ? ' ' : '').folder_caveat }     # set by kantelpunt plot
if (!exists("page_width"))  page_width  = 900
if (!exists("n_periods"))   n_periods   = 0
if (!exists("n_notes"))     n_notes     = 0
if (n_notes > 0 && !exists("note_panel")) { array note_panel[n_notes]; do for [i=1:n_notes] { note_panel[i] = 1 } }
if (n_notes > 0 && !exists("note_align")) { array note_align[n_notes]; do for [i=1:n_notes] { note_align[i] = 'left' } }
if (n_notes > 0 && !exists("note_dot"))   { array note_dot[n_notes];   do for [i=1:n_notes] { note_dot[i] = 0 } }
if (n_periods > 0 && !exists("period_panel")) { array period_panel[n_periods]; do for [i=1:n_periods] { period_panel[i] = 0 } }

# ---------------------------------------------------------------- palette
# Okabe and Ito (2008), safe for the colour-blind; in grey the lines also differ in dash and width.
# Lines: 1 to 8 are free; 9 is for a baseline that should stay in the background. ink: the same hue,
# dark enough for text on white. Areas have their own, lighter hues (Tol's "light" scheme: black text
# on all of them), ordered so that neighbours in a stack differ in grey too.
array colour[10] = ['#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9', '#D55E00', '#000000', '#7A6A00', '#8C8C8C', '#222222']
array ink[10]    = ['#005A8E', '#935F00', '#00714F', '#A03D74', '#1F6E9C', '#A84600', '#000000', '#655800', '#666666', '#222222']
array area[9]   = ['#77AADD', '#EEDD88', '#44BB99', '#FFAABB', '#EE8866', '#99DDFF', '#AAAA00', '#BBCC33', '#DDDDDD']
region = '#E1EFFA'                              # a pale ground behind lines, for where something holds
# A scale for heat maps: light is low, dark is high, also in grey (Brewer's YlGnBu without its lightest tint)
set palette defined (0 '#EDF8D9', 1 '#C7E9B4', 2 '#7FCDBB', 3 '#41B6C4', 4 '#1D91C0', 5 '#225EA8', 6 '#0C2C84')
unset colorbox
dark = '#222222'; soft = '#555555'; faint = '#DDDDDD'; axis_colour = '#888888'
array shape[9] = [7, 5, 9, 13, 11, 15, 7, 4, 6]    # point types of the nine styles
size_title = 20; size_text = 15; size_label = 14; size_small = 13; size_foot = 12
margin = 16                                     # pixels around the page

# ---------------------------------------------------------------- words and numbers
nl = (lang eq 'nl')
word_source   = nl ? 'Bron' : 'Source'
word_not_zero = nl ? 'as begint niet bij 0' : 'axis does not start at 0'
word_no_data  = nl ? 'geen gegevens' : 'no data'
word_observed = nl ? 'waarneming' : 'observed'
word_thousand = nl ? 'duizend' : 'thousand'
word_million  = nl ? 'miljoen' : 'million'
word_billion  = nl ? 'miljard' : 'billion'
point = nl ? ',' : '.'
comma = nl ? '.' : ','

# num(x,d): x with d decimals, digits in groups of three: -1234.5 is −1.234,5 or −1,234.5
group(s)    = strlen(s) <= 3 ? s : group(s[1:strlen(s)-3]).comma.s[strlen(s)-2:*]
fixed(x,d)  = sprintf(sprintf("%%.%df", d), abs(x))
sign(x,s)   = x < 0 && s + 0 != 0 ? '−' : ''
pretty(s,d) = d > 0 ? group(s[1:strlen(s)-d-1]).point.s[strlen(s)-d+1:*] : group(s)
num(x,d)    = sign(x, fixed(x,d)).pretty(fixed(x,d), d)
# short(x): as many decimals as a reader needs;  human(x): 120 duizend, 1,2 miljoen;  euro(x): € 1,2 miljoen
digits(x)   = x == 0 || abs(x) >= 9.95 || (abs(x) >= 0.95 && abs(x - floor(x + 0.5)) < 0.05) ? 0 : abs(x) >= 0.995 ? 1 : int(smaller(9, 1 + ceil(-log10(abs(x)))))
short(x)    = num(x, digits(x))
human(x)    = abs(x) >= 999.5e6 ? short(x/1e9).' '.word_billion : abs(x) >= 999.5e3 ? short(x/1e6).' '.word_million : \
              abs(x) >= 9999.5 ? short(x/1e3).' '.word_thousand : short(x)
euro(x)     = (nl ? '€ ' : '€').human(x)
percent(x)  = num(100*x, abs(x) >= 0.0995 || abs(x) < 0.0005 ? 0 : 1).'%'       # x is a fraction

# ---------------------------------------------------------------- text
# em(c): advance of a character of DejaVu Sans in em, close enough to wrap text; width(s,size) in pixels.
em(c)         = strstrt("'ijlIJ", c) ? 0.29 : strstrt('  ,.·/:;|f-', c) ? 0.35 : strstrt('()[]tr!"', c) ? 0.41 : \
                strstrt('szc*_?L–FkvxyPTY', c) ? 0.58 : strstrt('mMwW%@…#+<=>~−×≥', c) ? 0.92 : \
                strstrt('ABCDGHKNOQRUVXZ&', c) ? 0.74 : 0.635
width(s,size) = size * (sum [q=1:strlen(s)] em(s[q:q]))
bold_factor   = 1.13
# wrap(s,w): s broken into lines of at most w em (so: pixels / size)
fits(s,i,w)   = i > strlen(s) || w < em(s[i:i]) ? i - 1 : fits(s, i+1, w - em(s[i:i]))
space(s,i)    = i < 1 ? 0 : s[i:i] eq ' ' ? i : space(s, i-1)
break_at(s,w,n) = n >= strlen(s) ? s : cut(s, w, n, space(s, n+1))
cut(s,w,n,k)  = k > 1 ? s[1:k-1]."\n".wrap(s[k+1:*], w) : s[1:n-1]."-\n".wrap(s[n:*], w)
wrap(s,w)     = strstrt(s, "\n") ? wrap(first_line(s), w)."\n".wrap(other_lines(s), w) : break_at(s, w, fits(s, 1, w))
# lines(s), line(s,k): number of lines, k-th line; widest(s,size): width of the widest line
lines(s)      = 1 + (strlen(s) == 0 ? 0 : sum [q=1:strlen(s)] (s[q:q] eq "\n"))
first_line(s)  = strstrt(s, "\n") ? s[1:strstrt(s, "\n")-1] : s
other_lines(s) = strstrt(s, "\n") ? s[strstrt(s, "\n")+1:*] : ''
line(s,k)     = k <= 1 ? first_line(s) : line(other_lines(s), k-1)
larger(a,b)   = a > b ? a : b
smaller(a,b)  = a < b ? a : b
widest(s,size) = strlen(s) == 0 ? 0 : larger(width(first_line(s), size), widest(other_lines(s), size))
shorten(s,w)  = fits(s, 1, w) >= strlen(s) ? s : s[1:fits(s, 1, w - 1)].'…'
pitch(size)   = 1.28 * size                     # distance between lines of text

# ---------------------------------------------------------------- page
# sx(px), sy(px): pixels to screen coordinates
sx(px) = px / (1.0 * page_width)
sy(px) = 1 - px / (1.0 * page_height)

# set_terminal: the three formats at one size; the factors make fonts, lines and points equal.
# The font list of the SVG needs its commas as entities, because gnuplot takes "," as "size follows".
face = format eq 'svg' ? 'DejaVu Sans&#44; Verdana&#44; Arial&#44; sans-serif' : 'DejaVu Sans'
font(size) = sprintf('%s,%g', face, size)
bold(size) = sprintf('%s Bold,%g', face, size)
font_tics  = font(size_small)
font_base  = font(15)                            # the size of points hangs on it in svg
tic_lift   = format eq 'svg' ? 0.38 : 0         # em: svg puts tic labels lower than cairo does
plain(s)   = strlen(s) == 0 ? '' : (strstrt('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', s[1:1]) ? s[1:1] : '_').plain(s[2:*])
svg_name   = plain(chart)                       # prefix of ids, so that several SVGs can stand in one page
set_terminal = '\
  if (format eq "svg") { set terminal svg noenhanced name svg_name size page_width,page_height font font_base background "#FFFFFF" }; \
  if (format eq "png") { set terminal pngcairo noenhanced size 2*page_width,2*page_height font font_base fontscale 1.5 linewidth 2 dashlength 2 pointscale 4 background "#FFFFFF" }; \
  if (format eq "pdf") { set terminal pdfcairo noenhanced size page_width/143.0,page_height/143.0 font font_base fontscale 0.75*72/143.0 linewidth 144/143.0 dashlength 1.82 }; \
  set output output_file \
'

# put_text: draws `text` (may have line breaks) with its first line centred on pixel row ty.
#   in: text, tx, ty, tsize, tcolour (string), talign ('left', 'right', 'center'), tbold (0 or 1)
put_text = '\
  do for [put=1:lines(text)] { \
    tfont = tbold ? bold(tsize) : font(tsize); tline = line(text, put); trow = sy(ty + (put-1)*pitch(tsize)); \
    if (talign eq "left")   { set label tline at screen sx(tx),trow left   front font tfont tc rgb tcolour }; \
    if (talign eq "right")  { set label tline at screen sx(tx),trow right  front font tfont tc rgb tcolour }; \
    if (talign eq "center") { set label tline at screen sx(tx),trow center front font tfont tc rgb tcolour } \
  } \
'

# Legend above the panels, only where labels at the lines do not fit.
#   in: legend_n (0 = none), legend_text[i], legend_style[i], legend_kind[i]: 'line', 'area', 'bar', 'point', 'hollow',
#   'period', 'region', or 'scale': a colour scale whose ends are scale_low and scale_high (texts)
legend_max = 24
array legend_text[legend_max]; array legend_style[legend_max]; array legend_kind[legend_max]
array legend_x[legend_max]; array legend_row[legend_max]
legend_n = 0
legend_pitch = 22
scale_low = ''; scale_high = ''; scale_width = 160
legend_width(i) = legend_kind[i] eq 'scale' ? width(legend_text[i], size_label) + width(scale_low, size_small) + width(scale_high, size_small) + scale_width + 30 : 34 + width(legend_text[i], size_label)

# measure_page: wraps title, subtitle and foot, flows the legend; out: head_height, foot_height, page_height
measure_page = '\
  text_width = page_width - 2*margin; \
  title_size = lines(wrap(title, text_width/(size_title*bold_factor))) > 2 ? size_title - 3 : size_title; \
  title_text = wrap(title, text_width/(title_size*bold_factor)); \
  subtitle_text = wrap(subtitle, text_width/size_text); \
  foot_text = (strlen(source) ? word_source.": ".source : "").(strlen(source) && strlen(run_id) ? " · " : "").(strlen(run_id) ? "run ".run_id : ""); \
  foot_text = wrap(foot_text, text_width/size_foot); \
  caveat_text = wrap(caveat, text_width/(size_small*bold_factor)); \
  legend_rows = 0; lx = margin; \
  do for [i=1:legend_n] { \
    legend_w = legend_width(i) + 18; \
    new_kind = i > 1 && legend_kind[i] eq "period" && legend_kind[larger(1, i-1)] ne "period"; \
    if (i == 1 || new_kind || lx + legend_w - 18 > page_width - margin) { legend_rows = legend_rows + 1; lx = margin }; \
    legend_x[i] = lx; legend_row[i] = legend_rows; lx = lx + legend_w \
  }; \
  title_height    = strlen(title)    ? pitch(title_size)*lines(title_text) + 4  : 0; \
  subtitle_height = strlen(subtitle) ? pitch(size_text)*lines(subtitle_text) + 4 : 0; \
  head_height = 12 + title_height + subtitle_height + (legend_rows ? legend_rows*legend_pitch + 6 : 0) + 6; \
  caveat_height = strlen(caveat) ? pitch(size_small)*lines(caveat_text) + 4 : 0; \
  foot_height = 8 + caveat_height + (strlen(foot_text) ? pitch(size_foot)*lines(foot_text) : 0) + 8; \
  page_height = int(head_height + body_height + foot_height + 0.5) \
'

# begin_page: measures, opens the output, draws title, subtitle, legend and foot.  in: body_height
begin_page = '\
  eval measure_page; \
  eval set_terminal; \
  set multiplot; \
  unset key; unset border; unset tics; unset label; unset arrow; unset object; \
  set lmargin at screen 0; set rmargin at screen 1; set tmargin at screen 1; set bmargin at screen 0; \
  talign = "left"; tx = margin; \
  text = title_text; tsize = title_size; tbold = 1; tcolour = dark; ty = 12 + 0.5*pitch(tsize); eval put_text; \
  text = subtitle_text; tsize = size_text; tbold = 0; tcolour = soft; ty = 12 + title_height + 0.5*pitch(tsize); eval put_text; \
  do for [i=1:legend_n] { eval put_legend }; \
  ty = page_height - foot_height + 8 + 0.5*pitch(size_small); tx = margin; \
  text = caveat_text; tsize = size_small; tbold = 1; tcolour = "#A12A00"; eval put_text; \
  ty = page_height - foot_height + 8 + caveat_height + 0.5*pitch(size_foot); \
  text = foot_text; tsize = size_foot; tbold = 0; tcolour = "#777777"; eval put_text; \
  set xrange [0:1]; set yrange [0:1]; \
  plot 2 with lines notitle; \
  unset label; unset arrow; unset object \
'
put_legend = '\
  tx = legend_x[i]; ty = 12 + title_height + subtitle_height + (legend_row[i] - 0.5)*legend_pitch; k = legend_style[i]; \
  if (legend_kind[i] eq "line")   { set arrow from screen sx(tx),sy(ty) to screen sx(tx+28),sy(ty) nohead ls k }; \
  if (legend_kind[i] eq "area")   { set object rect from screen sx(tx+4),sy(ty+7) to screen sx(tx+28),sy(ty-7) fs solid noborder fc rgb area[k] }; \
  if (legend_kind[i] eq "region") { set object rect from screen sx(tx+4),sy(ty+7) to screen sx(tx+28),sy(ty-7) fs solid noborder fc rgb region }; \
  if (legend_kind[i] eq "period") { set object rect from screen sx(tx+4),sy(ty+7) to screen sx(tx+28),sy(ty-7) fs solid noborder fc rgb "#E4E4E4" }; \
  if (legend_kind[i] eq "point")  { set label "" at screen sx(tx+16),sy(ty) point pt shape[k] ps 0.7 lc rgb colour[k] front }; \
  if (legend_kind[i] eq "bar")    { set object rect from screen sx(tx+4),sy(ty+7) to screen sx(tx+28),sy(ty-7) fs solid noborder fc rgb colour[k] }; \
  if (legend_kind[i] eq "hollow") { set label "" at screen sx(tx+16),sy(ty) point pt 7 ps 0.8 lc rgb colour[k] front; set label "" at screen sx(tx+16),sy(ty) point pt 7 ps 0.48 lc rgb "#FFFFFF" front }; \
  if (legend_kind[i] eq "scale")  { eval put_scale }; \
  text = legend_text[i]; tx = tx + (legend_kind[i] eq "scale" ? 0 : 34); tsize = size_label; tbold = 0; tcolour = legend_kind[i] eq "line" && k <= 10 ? ink[k] : dark; eval put_text \
'
# put_scale: the colour scale of the palette as a row of boxes
put_scale = '\
  bar_left = tx + width(legend_text[i], size_label) + width(scale_low, size_small) + 18; lx = tx; \
  do for [j=0:39] { set object rect from screen sx(bar_left + j*scale_width/40.0),sy(ty+7) to screen sx(bar_left + (j+1)*scale_width/40.0 + (j < 39 ? 0.8 : 0)),sy(ty-7) fs solid noborder fc palette frac (j/39.0) }; \
  tsize = size_small; tbold = 0; tcolour = soft; \
  talign = "right"; text = scale_low; tx = bar_left - 6; eval put_text; \
  talign = "left"; text = scale_high; tx = bar_left + scale_width + 6; eval put_text; \
  tx = lx \
'
end_page = 'unset multiplot; unset output'

# ---------------------------------------------------------------- axes
# nice(range,n): a round step that divides range into about n parts; decimals(step): decimals to print it
mantissa(r) = r / 10**floor(log10(r))
round_to(m) = m < 1.4 ? 1 : m < 2.2 ? 2 : m < 3.3 ? 2.5 : m < 7 ? 5 : 10
nice(range,n)  = range <= 0 ? 1 : round_to(mantissa(range/(1.0*n))) * 10**floor(log10(range/(1.0*n)))
nice_years(n)  = n <= 1 ? 1 : n <= 2 ? 2 : n <= 5 ? 5 : n <= 10 ? 10 : n <= 20 ? 20 : 50
time_step(range,n) = range/n < 0.7 || range/n > 50 ? nice(range, 0.8*n) : nice_years(range/n)
decimals(step) = step >= 0.9999 ? (abs(step - floor(step + 0.001)) > 0.01 ? 1 : 0) : ceil(-log10(step) - 0.001) + (mantissa(step) > 2.4 && mantissa(step) < 2.6 ? 1 : 0)
# scale_of(max): axis in ones, thousands, millions or billions; in_units: "duizend personen"
scale_of(m)      = m >= 2e9 ? 1e9 : m >= 2e6 ? 1e6 : m >= 2e4 ? 1e3 : 1
scale_word(f)    = f == 1e9 ? word_billion.' ' : f == 1e6 ? word_million.' ' : f == 1e3 ? word_thousand.' ' : ''
# dates: 2035, not 2.035.   y_date (0/1): the y axis holds dates; a template asks is_date(unit, lowest, highest)
plain(x,d) = (x < 0 ? '−' : '').ungrouped(fixed(x, d), d)
is_date(unit,lo,hi) = (unit eq 'jaar' || unit eq 'years' || unit eq 'year') && lo > 1500 && hi < 3000
if (!exists("y_date")) y_date = 0
# in axis units: is_percent (0/1), y_scale, y_step are set by y_axis
tic(v) = is_percent ? num(100*v, decimals(100*y_step)).'%' : y_date ? plain(v, decimals(y_step)) : num(v/y_scale, decimals(y_step/y_scale))
tic_format(v) = is_percent ? num(100*v, decimals(100*y_step)).'%%' : tic(v)        # % doubled, as `set ytics` wants
# val(v): a value as printed at the end of a line: three digits, or more where the axis is finer
in_units(v)   = is_percent ? 100.0*v : v/(1.0*y_scale)
round_off(v,unit) = unit*floor(v/unit + 0.5)
fine(v)       = 10**floor(log10(in_units(y_step)/4.0))
round3(v)     = abs(v) < 1000 ? v : round_off(v, 10**(floor(log10(abs(v))) - 2))
places(u)     = larger(is_percent ? (abs(u) >= 9.95 || u == 0 ? 0 : 1) : digits(u), ceil(-log10(in_units(y_step)/4.0)))
whole(u)      = abs(u) < 1000 ? u : round_off(u, smaller(fine(0), 10**(floor(log10(abs(u))) - 2)))
seen(v)       = abs(v) < 0.001*(y_max - y_min) ? 0 : v             # what the eye cannot tell from 0 is printed as 0
val(v)        = num(whole(in_units(seen(v))), seen(v) == 0 ? 0 : places(whole(in_units(v)))).(is_percent ? '%' : '')
# interval(a,b): "12–48%"
interval(a,b) = (is_percent ? substr(val(a), 1, strlen(val(a)) - 1) : val(a)).'–'.val(b)

# y_axis: chooses range and step.   in: y_lo, y_hi (of the data), y_tics (about how many), is_percent
#   out: y_min, y_max, y_step, y_scale. Starts at 0 unless all data lie in the upper 60 % of their range.
y_axis = '\
  if (y_lo > y_hi) { y_lo = 0; y_hi = 1 }; \
  if (y_lo >= 0 && y_lo < 0.6*y_hi) { y_lo = 0 }; \
  if (y_hi <= 0 && y_hi > 0.6*y_lo) { y_hi = 0 }; \
  if (y_lo == y_hi) { y_hi = y_lo == 0 ? 1 : larger(0, 1.2*y_lo); y_lo = smaller(0, 1.2*y_lo) }; \
  y_step = nice(y_hi - y_lo, y_tics); \
  y_min = y_step*floor(y_lo/y_step + 1e-6); y_max = y_step*ceil(y_hi/y_step - 1e-6); \
  y_scale = is_percent ? 1 : scale_of(larger(abs(y_min), abs(y_max))) \
'
# x_axis: time axis.   in: x_min, x_max, plot_width; out: x_step
x_axis = 'if (x_max <= x_min) { x_max = x_min + 1 }; x_step = time_step(x_max - x_min, larger(1, plot_width/(plot_width < 300 ? 58.0 : 70.0)))'

# x_value_axis: any other x axis.   in: x_lo, x_hi, plot_width, x_percent; out: x_min, x_max, x_step, x_scale
# A template with such an axis says:  x_tic(x) = x_value_format(x);  and may name the axis with put_x_title.
if (!exists("x_percent")) x_percent = 0
x_dates = 0                                     # set by x_value_axis: the values are years
x_value_axis = '\
  if (x_lo >= 0 && x_lo < 0.6*x_hi) { x_lo = 0 }; \
  if (x_lo == x_hi) { x_hi = x_lo + 1 }; \
  x_step = nice(x_hi - x_lo, larger(2, plot_width/90.0)); \
  x_min = x_step*floor(x_lo/x_step + 1e-6); x_max = x_step*ceil(x_hi/x_step - 1e-6); \
  x_dates = exists("x_unit") && (x_unit eq "jaar" || x_unit eq "years" || x_unit eq "year") && x_min > 1500 && x_max < 3000; \
  x_scale = x_percent || x_dates ? 1 : scale_of(larger(abs(x_min), abs(x_max))) \
'
x_value(v)        = x_dates ? ungrouped(fixed(v, decimals(x_step)), decimals(x_step)) : x_percent ? num(100*v, decimals(100*x_step)).'%' : num(v/x_scale, decimals(x_step/x_scale))
x_value_format(v) = x_percent ? num(100*v, decimals(100*x_step)).'%%' : x_value(v)
# axis_name(title,unit): "publiek geld, miljoen euro per jaar"; the scale word comes from the axis
axis_name(title,unit) = title.(strlen(title) && strlen(unit) ? ', ' : '').unit
x_unit_line(unit) = x_dates ? '' : (x_percent ? '' : scale_word(x_scale)).unit
put_x_title = '\
  text = x_text; tx = plot_left + plot_width; ty = plot_bottom + 43; tsize = size_small; tbold = 0; tcolour = soft; talign = "right"; eval put_text \
'

# draw_axes: applies ranges, tics and grid to the panel that is placed.
#   in: show_x, show_y (0/1: tic labels), grid_axes ('ytics', 'xtics', 'xtics ytics', '')
grid_axes = 'ytics'
px(x) = plot_left + plot_width*(x - x_min)/(1.0*(x_max - x_min))                  # data to pixels
py(y) = plot_bottom - plot_height*(y - y_min)/(1.0*(y_max - y_min))
draw_axes = '\
  set lmargin at screen sx(plot_left); set rmargin at screen sx(plot_left + plot_width); \
  set tmargin at screen sy(plot_bottom - plot_height); set bmargin at screen sy(plot_bottom); \
  set xrange [x_min:x_max]; set yrange [y_min:y_max]; \
  set border 1 lc rgb axis_colour lw 1; \
  unset grid; if (strlen(grid_axes)) { eval "set grid ".grid_axes." back lt 1 lc rgb faint lw 1 dt solid" }; \
  set xtics ("" -1e30) out nomirror scale 0.4 norangelimit font font_tics textcolor rgb soft offset 0,screen tic_lift*size_small/page_height; \
  set for [i=ceil(x_min/x_step-1e-6):floor(x_max/x_step+1e-6)] xtics add (show_x ? x_tic(i*x_step) : "" i*x_step); \
  set ytics ("" -1e30) in nomirror scale 0 norangelimit font font_tics textcolor rgb soft; \
  set for [i=ceil(y_min/y_step-1e-6):floor(y_max/y_step+1e-6)] ytics add (show_y ? tic_format(i*y_step) : "" i*y_step); \
  if (y_min < 0 && y_max > 0) { set arrow from first x_min,0 to first x_max,0 nohead lc rgb axis_colour lw 1 back } \
'
# x_tic(x): years, so without a thousands mark; templates with another x redefine it
ungrouped(s,d) = d > 0 ? s[1:strlen(s)-d-1].point.s[strlen(s)-d+1:*] : s
x_tic(x) = (x < 0 ? '−' : '').ungrouped(fixed(x, decimals(x_step)), decimals(x_step))
y_tic_width = 0                                 # pixels of the widest y tic label, measured by:
measure_y_tics = 'do for [i=ceil(y_min/y_step-1e-6):floor(y_max/y_step+1e-6)] { y_tic_width = larger(y_tic_width, width(tic(i*y_step), size_small)) }'

# ---------------------------------------------------------------- panels
x_text = exists("x_title") ? x_title : ''        # name of the x axis; years need none
# A grid of n_panels in n_cols columns. lay_out: in: n_panels, n_cols, shared_y (0/1),
#   left_width (room for y tics), right_width (room for labels at the lines),
#   title_lines (of panel titles), unit_lines (under them), lane_rows (rows of period labels),
#   lanes_everywhere (0: only above the top row), plot_height
#   out: body_height, row_height, plot_width, head_room, lane_room
lay_out = '\
  n_rows = int(ceil(n_panels/(1.0*n_cols))); \
  gap = n_cols > 1 ? larger(18, 46 - right_width - (shared_y ? 0 : left_width)) : 0; \
  x_room = strlen(x_text) ? 36 : 14; \
  plot_width = (page_width - 2*margin - (n_cols - 1)*gap - (shared_y ? 1 : n_cols)*left_width - n_cols*right_width)/(1.0*n_cols); \
  head_room = title_lines*pitch(size_text) + unit_lines*pitch(size_small) + (title_lines + unit_lines > 0 ? 8 : 4); \
  lane_room = lane_rows*lane_pitch + (lane_rows > 0 ? 2 : 0); \
  row_height = plot_height + head_room + (lanes_everywhere ? lane_room : 0) + 24; \
  body_height = n_rows*row_height + (lanes_everywhere ? 0 : lane_room) + x_room \
'
# place_panel: in: panel; out: plot_left, plot_bottom, head_top, lanes_here, is_bottom, is_left
place_panel = '\
  col = (panel - 1) % n_cols; row = (panel - 1) / n_cols; \
  lanes_here = lane_rows > 0 && (lanes_everywhere || row == 0); \
  plot_left = margin + left_width + col*(plot_width + right_width + gap + (shared_y ? 0 : left_width)); \
  head_top = head_height + row*row_height + (lanes_everywhere || row == 0 ? 0 : lane_room); \
  plot_bottom = head_top + head_room + (lanes_here ? lane_room : 0) + plot_height; \
  is_bottom = panel + n_cols > n_panels; is_left = col == 0 \
'
# unit_line(unit): what stands under the panel's title, after y_axis
unit_line(unit) = (is_percent ? '' : scale_word(y_scale)).unit.(y_min > 0 || y_max < 0 ? (strlen(unit) ? ' · ' : '').word_not_zero : '')
# put_panel_title: in: panel_text, unit_text
put_panel_title = '\
  talign = "left"; tx = shared_y ? plot_left : plot_left - left_width; \
  text = wrap(panel_text, (plot_width + right_width + (shared_y ? 0 : left_width))/(size_text*bold_factor)); \
  tsize = size_text; tbold = 1; tcolour = dark; \
  ty = head_top + 0.5*pitch(size_text) + (title_lines - lines(text))*pitch(size_text); eval put_text; \
  text = wrap(unit_text, (plot_width + right_width + (shared_y ? 0 : left_width))/size_small); \
  tsize = size_small; tbold = 0; tcolour = soft; ty = head_top + title_lines*pitch(size_text) + 0.5*pitch(tsize); eval put_text \
'

# ---------------------------------------------------------------- policy periods
# Shaded in every panel; named in lanes above the plot (one bar per period, as in a Gantt chart), or,
# where the panels are too narrow for that, in the legend. Overlapping periods get darker.
lane_pitch = 21
lane_max = 8
array lane_used[lane_max]; array period_lane[larger(1, n_periods)]
applies(i) = (period_panel[i] == 0 || period_panel[i] == panel) && right_of(i) > left_of(i)
left_of(i) = larger(x_min, period_from[i])
right_of(i) = smaller(x_max, period_until[i])
lane_width(i) = width(period_name[i], size_small) + 8
lane_start(i) = larger(plot_left - 2, smaller(px(left_of(i)), plot_left + plot_width - lane_width(i) + 8))
# assign_lanes: in: panel, x_min, x_max, plot_left, plot_width;  out: period_lane[i], lanes_needed
assign_lanes = '\
  lanes_needed = 0; do for [l=1:lane_max] { lane_used[l] = -1e9 }; \
  do for [i=1:n_periods] { period_lane[i] = 0; \
    if (applies(i)) { do for [l=1:lane_max] { if (period_lane[i] == 0 && lane_used[l] <= lane_start(i)) { \
      period_lane[i] = l; lane_used[l] = larger(lane_start(i) + lane_width(i), px(right_of(i)) + 6); lanes_needed = larger(lanes_needed, l) } } } } \
'
# plan_periods: decides between lanes and legend.  in: n_panels, plot_width, x_min, x_max
#   out: lane_rows, lanes_everywhere; adds to the legend
plan_periods = '\
  lane_rows = 0; lanes_everywhere = 0; plot_left = 0; periods_in_legend = 0; \
  do for [i=1:n_periods] { if (period_panel[i] > 0) { lanes_everywhere = 1 }; if (right_of(i) > left_of(i) && (n_cols > 2 || lane_width(i) > plot_width)) { periods_in_legend = 1 } }; \
  if (lanes_everywhere) { periods_in_legend = 0 }; \
  if (periods_in_legend) { do for [i=1:n_periods] { if (right_of(i) > left_of(i)) { legend_n = legend_n + 1; legend_kind[legend_n] = "period"; legend_style[legend_n] = 9; \
    legend_text[legend_n] = period_name[i].sprintf(", %.0f–%.0f", period_from[i], period_until[i]) } } } \
  else { do for [panel=1:(lanes_everywhere ? n_panels : 1)] { eval assign_lanes; lane_rows = larger(lane_rows, lanes_needed) } } \
'
# draw_periods: in the placed panel
draw_periods = '\
  if (lanes_here) { eval assign_lanes }; \
  do for [i=1:n_periods] { if (applies(i)) { \
    set object rect from first left_of(i), graph 0 to first right_of(i), graph 1 behind fs solid noborder fc rgb "#EE000000"; \
    if (lanes_here) { \
      ly = plot_bottom - plot_height + (period_lane[i] - lanes_needed - 0.5)*lane_pitch; \
      set arrow from screen sx(px(left_of(i))),sy(ly+9) to screen sx(px(right_of(i))),sy(ly+9) nohead lw 3 lc rgb "#9A9A9A"; \
      text = shorten(period_name[i], plot_width/size_small); tx = lane_start(i); ty = ly - 1; tsize = size_small; tbold = 0; tcolour = soft; talign = "left"; eval put_text \
    } } } \
'

# ---------------------------------------------------------------- notes
# put_notes: the preamble's notes for the placed panel
put_notes = '\
  do for [i=1:n_notes] { if (note_panel[i] == panel) { \
    if (note_dot[i]) { set label "" at first note_x[i],note_y[i] point pt 7 ps 0.9 lc rgb "#FFFFFF" front; set label "" at first note_x[i],note_y[i] point pt 7 ps 0.65 lc rgb dark front }; \
    text = note_text[i]; talign = note_align[i]; tsize = size_small; tbold = 0; tcolour = dark; \
    tx = px(note_x[i]) + (note_dot[i] == 0 ? 0 : talign eq "left" ? 9 : talign eq "right" ? -9 : 0); \
    ty = py(note_y[i]) - 0.5*(lines(text) - 1)*pitch(size_small) - (note_dot[i] && talign eq "center" ? 15 : 0); \
    if (note_halo) { eval put_halo }; eval put_text } } \
'
# put_halo: a pale box behind a text that stands on colour
note_halo = 0
put_halo = '\
  half = widest(text, tsize)*(tbold ? bold_factor : 1) + 10; left = tx - (talign eq "left" ? 5 : talign eq "right" ? half - 5 : 0.5*half); \
  set object rect from screen sx(left),sy(ty - 0.62*pitch(tsize)) to screen sx(left + half),sy(ty + (lines(text) - 0.38)*pitch(tsize)) front fs solid noborder fc rgb "#38FFFFFF" \
'

# ---------------------------------------------------------------- names on areas
# find_room: where the largest rectangle as wide as the text fits between two curves.
#   in: text, room_low[j], room_high[j] (sampled at `samples` equal steps of the x axis, in units of the y axis)
#   out: room_found (0/1), room_x (0 to 1 of the plot's width), room_y, room_thick (greatest thickness in pixels)
samples = 100
array room_low[samples]; array room_high[samples]; array room[samples]
highest(a,b) = a >= b ? room_low[a]  : larger(room_low[a],   highest(a+1, b))
lowest(a,b)  = a >= b ? room_high[a] : smaller(room_high[a], lowest(a+1, b))
find_room = '\
  half = int(ceil(0.5*(width(text, size_label) + 10)*samples/plot_width)); best = 0; room_thick = 0; \
  do for [j=1:samples] { \
    room_thick = larger(room_thick, plot_height*(room_high[j] - room_low[j])/(y_max - y_min)); \
    room[j] = j <= half || j > samples - half ? 0 : plot_height*(lowest(j-half, j+half) - highest(j-half, j+half))/(y_max - y_min); \
    if (room[j] > best) { best = room[j]; left = j } }; \
  room_found = best > 1.25*size_label; \
  if (room_found) { right = left; \
    while (right < samples && room[right+1] > 0.9*best) { right = right + 1 }; \
    while (left > 1 && room[left-1] > 0.9*best) { left = left - 1 }; \
    j = (left + right)/2; room_x = (j - 0.5)/samples; room_y = 0.5*(highest(j-half, j+half) + lowest(j-half, j+half)) } \
'

# ---------------------------------------------------------------- labels at the ends of lines
# spread: moves labels up and down until they no longer overlap.
#   in: label_n, label_want[i] (pixel row), label_high[i] (pixels), label_top, label_bottom;  out: label_row[i]
label_max = 12
array label_text[label_max]; array label_style[label_max]; array label_from[label_max]
array label_want[label_max]; array label_high[label_max]; array label_row[label_max]; array label_order[label_max]
label_n = 0
spread = '\
  do for [i=1:label_n] { label_row[i] = label_want[i]; label_order[i] = i }; \
  do for [i=2:label_n] { do for [j=i:2:-1] { if (label_want[label_order[j]] < label_want[label_order[j-1]]) { \
    a = label_order[j]; label_order[j] = label_order[j-1]; label_order[j-1] = a } } }; \
  moving = 1; pass = 0; \
  while (moving && pass < 200) { moving = 0; pass = pass + 1; \
    do for [j=2:label_n] { a = label_order[j-1]; b = label_order[j]; \
      over = label_row[a] + 0.5*(label_high[a] + label_high[b]) - label_row[b]; \
      if (over > 0.2) { label_row[a] = label_row[a] - 0.5*over; label_row[b] = label_row[b] + 0.5*over; moving = 1 } }; \
    do for [j=1:label_n] { \
      if (label_row[j] < label_top + 0.5*label_high[j])    { label_row[j] = label_top + 0.5*label_high[j] }; \
      if (label_row[j] > label_bottom - 0.5*label_high[j]) { label_row[j] = label_bottom - 0.5*label_high[j] } } } \
'
# say_in_middle: `text` in the middle of the placed panel; say_no_data: that there is nothing
say_in_middle = 'tx = plot_left + 0.5*plot_width; ty = plot_bottom - 0.5*plot_height; tsize = size_text; tbold = 0; tcolour = soft; talign = "center"; eval put_text'
say_no_data = 'text = word_no_data; eval say_in_middle'
# put_labels: draws the labels right of the plot, with a thin leader where one had to move.
# With no labels at all there was nothing to draw, and the panel says so.
#   in: label_n, label_text[i] (wrapped), label_style[i], label_from[i] (x of the line's end, pixels), label_want[i], label_size
put_labels = '\
  if (label_n == 0) { eval say_no_data }; \
  do for [i=1:label_n] { label_high[i] = lines(label_text[i])*pitch(label_size) + (lines(label_text[i]) > 1 ? 4 : 0) }; \
  label_top = plot_bottom - plot_height - 10; label_bottom = plot_bottom + 8; \
  eval spread; \
  lx = plot_left + plot_width + 12; \
  do for [i=1:label_n] { k = label_style[i]; \
    if (abs(label_row[i] - label_want[i]) > 3 || label_from[i] < lx - 14) { \
      set arrow from screen sx(label_from[i] + 2),sy(label_want[i]) to screen sx(lx - 3),sy(label_row[i]) nohead lw 0.8 lc rgb colour[k] }; \
    if (label_from[i] < lx - 14) { set label "" at screen sx(label_from[i]),sy(label_want[i]) point pt 2 ps 0.6 lw 2 lc rgb ink[k] front }; \
    text = label_text[i]; tx = lx; ty = label_row[i] - 0.5*(lines(text) - 1)*pitch(label_size); \
    tsize = label_size; tbold = 0; tcolour = ink[k]; talign = "left"; eval put_text } \
'

# ---------------------------------------------------------------- names beside points
# Each name takes the nearest free place beside its point; one that had to go far gets a thin leader.
# What names must not cover is a box: block_box for one, block_point(x,y) inside `stats ... using` for lines.
box_max = 900
array box_l[box_max]; array box_t[box_max]; array box_r[box_max]; array box_b[box_max]
box_n = 0
block_box = 'if (box_n < box_max) { box_n = box_n + 1; box_l[box_n] = bl; box_t[box_n] = bt; box_r[box_n] = br; box_b[box_n] = bb }'
block_point(x,y) = x != x || y != y || box_n >= box_max || x < x_min || x > x_max || y < y_min || y > y_max ? 0 : \
                   (box_n = box_n + 1, box_l[box_n] = px(x) - 3, box_r[box_n] = px(x) + 3, box_t[box_n] = py(y) - 3, box_b[box_n] = py(y) + 3, 0)
covered(l,t,r,b) = box_n == 0 ? 0 : sum [q=1:box_n] (l < box_r[q] && r > box_l[q] && t < box_b[q] && b > box_t[q])
crossed(x,y) = n_texts == 0 ? 0 : sum [q=box_n-n_texts+1:box_n] (x > box_l[q] && x < box_r[q] && y > box_t[q] && y < box_b[q])
# put_marks: in: mark_n, mark_x[i], mark_y[i] (pixels), mark_text[i] (wrapped; '' = none), mark_colour[i], mark_size;
#   mark_right: pixels right of the plot that may be used; bold marks: mark_bold[i]
mark_max = 64
array mark_text[mark_max]; array mark_x[mark_max]; array mark_y[mark_max]; array mark_colour[mark_max]; array mark_bold[mark_max]
n_directions = 12; n_reaches = 9
array mark_dx[n_directions] = [1, -1, 0.7, 0.7, -0.7, -0.7, 0, 0, 1, 1, 0.4, 0.4]
array mark_dy[n_directions] = [0, 0, -0.8, 0.8, -0.8, 0.8, -1, 1, -0.5, 0.5, -1, 1]
array mark_reach[n_reaches] = [9, 15, 24, 38, 56, 80, 110, 150, 200]
mark_n = 0; mark_size = size_small; mark_right = 0; mark_halo = 0      # mark_halo: names stand on colour
do for [i=1:mark_max] { mark_bold[i] = 0 }
put_marks = '\
  do for [i=1:mark_n] { bl = mark_x[i] - 6; br = mark_x[i] + 6; bt = mark_y[i] - 6; bb = mark_y[i] + 6; eval block_box }; n_texts = 0; \
  do for [i=1:mark_n] { if (strlen(mark_text[i])) { \
    mw = widest(mark_text[i], mark_size)*(mark_bold[i] ? bold_factor : 1) + 4; mh = lines(mark_text[i])*pitch(mark_size); best = 1e9; best_x = mark_x[i] + 9 + 0.5*mw; best_y = mark_y[i]; best_reach = 9; best_side = 1; reach = 0; \
    while (reach < n_reaches && best > 0) { reach = reach + 1; direction = 0; \
      while (direction < n_directions && best > 0) { direction = direction + 1; \
        mx = mark_x[i] + mark_dx[direction]*mark_reach[reach] + (mark_dx[direction] > 0 ? 0.5 : mark_dx[direction] < 0 ? -0.5 : 0)*mw; \
        my = mark_y[i] + mark_dy[direction]*mark_reach[reach] + (mark_dy[direction] > 0 ? 0.5 : mark_dy[direction] < 0 ? -0.5 : 0)*mh; \
        if (mx - 0.5*mw >= plot_left + 2 && mx + 0.5*mw <= plot_left + plot_width + mark_right && my - 0.5*mh >= plot_bottom - plot_height - 4 && my + 0.5*mh <= plot_bottom) { \
          n_covered = 10*covered(mx - 0.5*mw, my - 0.5*mh, mx + 0.5*mw, my + 0.5*mh); \
          if (mark_reach[reach] > 15) { ex = larger(mx - 0.5*mw, smaller(mx + 0.5*mw, mark_x[i])); ey = larger(my - 0.5*mh, smaller(my + 0.5*mh, mark_y[i])); \
            do for [k=3:9:2] { n_covered = n_covered + crossed(mark_x[i] + 0.1*k*(ex - mark_x[i]), mark_y[i] + 0.1*k*(ey - mark_y[i])) } }; \
          if (n_covered < best) { best = n_covered; best_x = mx; best_y = my; best_reach = mark_reach[reach]; best_side = mark_dx[direction] } } } }; \
    bl = best_x - 0.5*mw; br = best_x + 0.5*mw; bt = best_y - 0.5*mh; bb = best_y + 0.5*mh; eval block_box; n_texts = n_texts + 1; \
    if (best_reach > 15) { set arrow from screen sx(mark_x[i]),sy(mark_y[i]) to screen sx(larger(bl, smaller(br, mark_x[i]))),sy(larger(bt, smaller(bb, mark_y[i]))) nohead lw 0.8 lc rgb "#999999" back }; \
    text = mark_text[i]; talign = best_side < 0 ? "right" : "left"; tx = best_side < 0 ? br - 2 : bl + 2; ty = bt + 0.5*pitch(mark_size); tsize = mark_size; tbold = mark_bold[i]; tcolour = mark_colour[i]; if (mark_halo) { eval put_halo }; eval put_text } } \
'

# ---------------------------------------------------------------- reading the data
# note(x,y): used inside `stats ... using`, remembers range and last valid point
note(x,y) = x != x ? 0 : (x_lo = smaller(x, x_lo), x_hi = larger(x, x_hi), y != y ? 0 : \
            (end_x = x, end_y = y, n_seen = n_seen + 1, y_lo = smaller(y, y_lo), y_hi = larger(y, y_hi), 0))
cell(c) = valid(c) ? column(c) : NaN            # NaN where the file has ? or nothing
forget_range = 'end_x = NaN; end_y = NaN; n_seen = 0; x_lo = 1e300; x_hi = -1e300; y_lo = 1e300; y_hi = -1e300'
forget_end   = 'end_x = NaN; end_y = NaN; n_seen = 0'

# ---------------------------------------------------------------- a style of your own
# A file of gnuplot commands, given by `kantelpunt plot DIR --style FILE` or gnuplot -e "style_file='FILE'", is
# loaded here, once before the line styles are made and once after. It may set any name above
# (colour[1] = '#AA0000', size_title = 24, page_width = 1200, face = 'Georgia') and the line styles.
# 10 is for reference levels, 11 to 19 are thin versions of 1 to 9. Below line width 2 pdf draws longer dashes.
line_styles = '\
  set style line 1 lc rgb colour[1] lw 3.2 dt solid; \
  set style line 2 lc rgb colour[2] lw 3.2 dt solid; \
  set style line 3 lc rgb colour[3] lw 2.8 dt (8,3); \
  set style line 4 lc rgb colour[4] lw 2.8 dt (9,3,2,3); \
  set style line 5 lc rgb colour[5] lw 2.8 dt (2,2); \
  set style line 6 lc rgb colour[6] lw 1.8 dt solid; \
  set style line 7 lc rgb colour[7] lw 2 dt (11,5); \
  set style line 8 lc rgb colour[8] lw 2 dt (3,4); \
  set style line 9 lc rgb colour[9] lw 1.8 dt solid; \
  if (format eq "pdf") { set style line 10 lc rgb colour[10] lw 1 dt (2.5,2.5); do for [k=1:9] { set style line 10+k lc rgb colour[k] lw 1.2 dt (2.4,2.4) } }; \
  if (format ne "pdf") { set style line 10 lc rgb colour[10] lw 1 dt (5,5);     do for [k=1:9] { set style line 10+k lc rgb colour[k] lw 1.2 dt (4,4) } } \
'
eval line_styles
if (exists("style_file")) { load style_file; eval line_styles; load style_file }
font_tics = font(size_small); nl = (lang eq 'nl')

# ---------------------------------------------------------------- is the data file whole?
if (exists("n_data_rows")) {
  stats data using (1) nooutput
  if (int(STATS_records) != n_data_rows) { caveat = caveat.(strlen(caveat) ? ' ' : '').\
    (nl ? 'Let op: het gegevensbestand is niet zoals het gemaakt is: '.int(STATS_records).' van '.n_data_rows.' rijen.' \
        : 'Note: the data file is not as it was made: '.int(STATS_records).' of '.n_data_rows.' rows.') }
}
