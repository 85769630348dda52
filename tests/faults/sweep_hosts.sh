#!/bin/sh
# One sweep over two hosts with nothing but a network between them: network namespaces tied by a pair
# of virtual cables, ranks started through a stand-in for ssh. Needs root, ip and Open MPI.
#   sweep_hosts.sh PROGRAM
set -u
program=$1
sweep=$(cd "$(dirname "$0")/../golden/sweeps" && pwd)/adoption.cfg
if ! mpirun --version 2>/dev/null | grep -q "Open MPI" || ! ldd "$program" | grep -q libmpi; then
    echo "no Open MPI, or a program built without it: skipped"
    exit 77
fi
work=$(mktemp -d)
a=kantelpunt-a-$$ b=kantelpunt-b-$$
trap 'ip netns del $a 2>/dev/null; ip netns del $b 2>/dev/null; rm -rf "$work"' EXIT
if ! { ip netns add $a && ip netns add $b &&
    ip -n $a link add cable type veth peer name cable netns $b &&
    ip -n $a addr add 10.71.0.1/24 dev cable && ip -n $b addr add 10.71.0.2/24 dev cable &&
    ip -n $a link set cable up && ip -n $b link set cable up &&
    ip -n $a link set lo up && ip -n $b link set lo up; } 2>/dev/null; then
    echo "no right to make network namespaces: skipped"
    exit 77
fi

# mpirun starts its daemons by "rsh HOST COMMAND"; here HOST is a namespace.
cat >"$work/rsh" <<END
#!/bin/sh
while [ "\$1" != 10.71.0.1 ] && [ "\$1" != 10.71.0.2 ]; do shift; done
case "\$1" in 10.71.0.1) host=$a ;; *) host=$b ;; esac
shift
exec ip netns exec \$host sh -c "echo \$host >>$work/started; \$*"
END
chmod +x "$work/rsh"
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" # those of Open MPI
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

"$program" sweep "$sweep" --runs 3000 --keep-series adopters -o "$work/whole" -q --no-charts
ip netns exec $a mpirun -n 3 --host 10.71.0.1:1,10.71.0.2:2 --oversubscribe --bind-to none -x ASAN_OPTIONS \
    --mca plm_rsh_agent "$work/rsh" --mca btl tcp,self --mca btl_tcp_if_include 10.71.0.0/24 \
    --mca oob_tcp_if_include 10.71.0.0/24 --mca mpi_yield_when_idle 1 \
    "$program" sweep "$sweep" --runs 3000 --keep-series adopters -o "$work/hosts" --no-charts \
    >"$work/messages" 2>&1
code=$?
if [ $code -ne 0 ] || ! grep -q "^$b$" "$work/started" 2>/dev/null; then
    echo "exit code $code; hosts started: $(cat "$work/started" 2>/dev/null)"
    cat "$work/messages"
    exit 1
fi
for file in design.csv metrics.csv bands.csv ensemble.nc; do
    cmp "$work/whole/$file" "$work/hosts/$file" || exit 1
done
echo "two hosts over a network: the same bytes"
