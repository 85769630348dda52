#!/bin/sh
# From a fresh Debian machine to a working program. Says what it does; needs root or sudo only
# where a package is missing.
#   ./bootstrap.sh demo          install what is missing, build, run the main job, leave charts
#   ./bootstrap.sh test          the same, then all tests, also under the sanitizers
#   ./bootstrap.sh build         install what is missing and build
#   ./bootstrap.sh package-list  print the packages, one a line
set -eu
cd "$(dirname "$0")"

build_packages="gcc libc6-dev cmake ninja-build pkg-config libgsl-dev libconfig-dev libudunits2-dev
libjansson-dev libxml2-dev nettle-dev libnetcdf-dev libunistring-dev libnlopt-dev libcmocka-dev libmpfr-dev netcdf-bin iproute2 libopenmpi-dev"
run_packages="gnuplot-nox graphviz fonts-dejavu-core openmpi-bin"
test_packages="chromium poppler-utils pandoc" # the briefing in a browser, on paper, in Word
packages="$build_packages $run_packages"      # that are wanted

demo_scenarios="no-funding pilots-only announced-budget sustained-push demand-pull push-and-pull
phased-mix abrupt-stop switch-push-to-demand rethink"

say() { printf '\n== %s\n' "$*"; }

package_list() {
    for package in $packages; do echo "$package"; done
}

missing_packages() {
    for package in $packages; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            echo "$package"
    done
}

install_packages() {
    if ! command -v apt-get >/dev/null 2>&1; then
        say "this is not a Debian system: please install the counterparts of these packages"
        package_list
        say "going on in the hope that they are there"
        return
    fi
    missing=$(missing_packages | tr '\n' ' ')
    if [ -z "$missing" ]; then
        say "all packages are there"
        return
    fi
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            say "please install as root: apt-get install $missing"
            exit 1
        fi
        as_root="sudo"
    fi
    say "installing: $missing"
    $as_root apt-get update
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
}

build() {
    say "building into build/release"
    cmake --preset release
    cmake --build --preset release
}

demo() {
    say "comparing the working models under the funding scenarios, into results/demo"
    # shellcheck disable=SC2046 # a list of words
    build/release/kantelpunt compare $(printf 'scenarios/%s.cfg ' $demo_scenarios) -o results/demo
    say "charts (also in results/demo/charts: each with the script and the data that drew it)"
    ls results/demo/charts/*.svg
    say "next: a briefing of all scenarios, in Dutch or English"
    echo "build/release/kantelpunt brief scenarios/*.cfg --lang nl -o results/brief"
}

run_tests() {
    say "testing"
    ctest --preset release
    say "testing under the sanitizers"
    cmake --workflow --preset sanitize
}

case "${1:-}" in
demo) install_packages; build; demo ;;
test) packages="$packages $test_packages"; install_packages; build; demo; run_tests ;;
build) install_packages; build ;;
package-list) packages="$packages $test_packages"; package_list ;;
*)
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
