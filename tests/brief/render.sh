#!/bin/sh
# The briefing in a real browser: headless Chromium at desktop, phone and A4, in both languages.
# Nothing may stick out of the page, no chart may be empty, and print must hold the whole text.
#   render.sh PROGRAM CHECKER FILE...
# Ends with 77 (skipped) where there is no Chromium.
set -u
program=$1
checker=$2
shift 2
home=$(cd "$(dirname "$0")/../.." && pwd)
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "skipped: chromium is not installed"
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "$*"
    failed=1
}

chromium_run() {
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --disable-dev-shm-usage --user-data-dir="$work/profile" "$@" 2>"$work/browser.log"
}

# Measures the page in a copy that writes what it finds into the page itself.
measure() {
    cat >"$work/measure.js" <<'SCRIPT'
addEventListener('load', () => {
    const width = document.documentElement.clientWidth, faults = [];
    if (document.documentElement.scrollWidth > width)
        faults.push('the page is ' + document.documentElement.scrollWidth + ' wide');
    const scrolls = e => { for (; e; e = e.parentElement)
        if (getComputedStyle(e).overflowX === 'auto') return true; return false; };
    for (const e of document.querySelectorAll('body *')) {
        const box = e.getBoundingClientRect();
        if (e.closest('svg') && e.tagName !== 'svg' || e.classList.contains('skip') || !box.width)
            continue;
        if ((box.right > width + 1 || box.left < -1) && !scrolls(e))
            faults.push(e.tagName + ' sticks out: ' + e.textContent.trim().slice(0, 40));
    }
    for (const e of document.querySelectorAll('.scroll'))
        if (e.scrollWidth > e.clientWidth + 1 && e.tabIndex !== 0)
            faults.push('a part that scrolls cannot be reached by keyboard');
    let charts = 0;
    for (const svg of document.querySelectorAll('svg')) {
        const box = svg.getBoundingClientRect(), inked = [...svg.querySelectorAll('path')]
            .filter(p => { const b = p.getBBox(); return b.width > 20 || b.height > 20; });
        charts++;
        if (box.width < 200 || box.height < 100 || inked.length < 2)
            faults.push('a chart is empty: ' + svg.getAttribute('aria-label'));
        for (const text of svg.querySelectorAll('text')) {
            const at = text.getBoundingClientRect();
            if (at.width && (at.right > box.right + 1 || at.left < box.left - 1))
                faults.push('text leaves its chart: ' + text.textContent);
        }
    }
    const luminance = c => { const [r, g, b] = c.match(/[\d.]+/g).map(v => { v /= 255;
        return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
        if (!/, 0\)$/.test(c) && c !== 'transparent') return c; } return 'rgb(255, 255, 255)'; };
    for (const e of document.querySelectorAll('p, li, td, th, a, h1, h2, h3, caption, summary, figcaption, span, code')) {
        if (e.closest('svg') || e.classList.contains('skip')) continue;
        const a = luminance(getComputedStyle(e).color), b = luminance(ground(e));
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5)
            faults.push('contrast ' + contrast.toFixed(1) + ': ' + e.textContent.trim().slice(0, 40));
    }
    const note = document.createElement('pre');
    note.textContent = 'MEASURED ' + width + ' ' + charts + '\n' + faults.map(f => 'FAULT ' + f).join('\n');
    document.body.prepend(note);
});
SCRIPT
    { sed -e 's|</body>||' -e 's|</html>||' "$1"; echo '<script>'; cat "$work/measure.js"; echo '</script></body></html>'; } >"$work/measured.html"
    chromium_run --window-size="$2" --dump-dom "file://$work/measured.html" >"$work/dom.html"
}

# A window of the wanted width: headless Chromium has none below 500, so a phone is a frame in one.
check_screen() {
    page=$1
    width=$2
    measure "$page" "$width,1000"
    if [ "$width" -lt 500 ]; then
        # the frame's page reports through its title, which the outer page may read (one folder)
        cat >"$work/phone.html" <<FRAME
<body style="margin:0"><iframe src="measured.html" style="width:${width}px;height:900px;border:0"></iframe><script>
addEventListener('load', () => setTimeout(() => { const note = document.createElement('pre');
try { note.textContent = frames[0].document.querySelector('pre').textContent; } catch (e) { note.textContent = 'FAULT ' + e; }
document.body.append(note); }, 200));</script></body>
FRAME
        chromium_run --allow-file-access-from-files --virtual-time-budget=4000 --window-size=800,1000 --dump-dom "file://$work/phone.html" >"$work/dom.html"
    fi
    sed -n 's/^.*>MEASURED \([0-9]*\) \([0-9]*\).*/\1 \2/p' "$work/dom.html" >"$work/found"
    read -r found_width charts <"$work/found" || found_width=0
    [ "$found_width" -gt $((width - 20)) ] && [ "$found_width" -le "$width" ] ||
        fail "$page: measured at $found_width instead of $width"
    [ "${charts:-0}" -gt 0 ] || fail "$page: no charts"
    grep -h '^FAULT' "$work/dom.html" | sed "s|^|$width: |" >"$work/faults"
    [ -s "$work/faults" ] && { cat "$work/faults"; failed=1; }
}

check_print() {
    chromium_run --no-pdf-header-footer --print-to-pdf="$work/page.pdf" "file://$1" >/dev/null
    command -v pdfinfo >/dev/null && command -v pdftotext >/dev/null || {
        echo "(print not checked: poppler-utils is not installed)"
        return
    }
    pdfinfo "$work/page.pdf" >"$work/info"
    grep -q 'Page size:.*A4' "$work/info" || fail "$1: not printed on A4"
    pages=$(sed -n 's/^Pages: *//p' "$work/info")
    [ "$pages" -ge 2 ] && [ "$pages" -le 20 ] || fail "$1: $pages pages"
    # Words of every section reach the paper, inside its margins.
    pdftotext -layout "$work/page.pdf" "$work/page.txt"
    for word in $2; do
        tr '\n' ' ' <"$work/page.txt" | grep -q "$word" || fail "$1: '$word' is not in print"
    done
    pdftotext -bbox "$work/page.pdf" "$work/boxes.html"
    awk '/<page/ { split($0, a, "\""); wide = a[2] }
         /<word/ { split($0, a, "\""); if (a[2] < 20 || a[6] > wide - 20) n++ }
         END { exit n > 0 }' "$work/boxes.html" || fail "$1: words leave the margins in print"
}

# The measuring sees what is wrong.
check_measuring() {
    sed 's|<main class="page">|&<div style="width:3000px">wide</div><p style="color:#aaa">pale</p><svg viewBox="0 0 9 9" width="300" height="200" aria-label="none"></svg>|' "$1" >"$work/spoilt.html"
    measure "$work/spoilt.html" 1200,1000
    for fault in 'the page is' 'sticks out' 'contrast' 'a chart is empty: none'; do
        grep -q "^FAULT .*$fault" "$work/dom.html" || fail "not noticed: $fault"
    done
}

cd "$home" || exit 1
for language in nl en; do
    "$program" brief "$@" --lang $language -q -o "$work/$language" >"$work/log" 2>&1 ||
        { cat "$work/log"; exit 1; }
    "$checker" "$work/$language" $language >"$work/log" || fail "$language: $(cat "$work/log")"
    page="$work/$language/brief.html"
    check_screen "$page" 1200
    check_screen "$page" 390
    case $language in
    nl) check_print "$page" "antwoord vergeleken kantelen Timing Geld zeker Aannames weglaten Narekenen" ;;
    en) check_print "$page" "answer compared tip Timing Money sure Assumptions leave Repeat" ;;
    esac
done
check_measuring "$work/en/brief.html"
[ "$failed" -eq 0 ] && echo "both languages fit desktop, phone and A4"
exit $failed
