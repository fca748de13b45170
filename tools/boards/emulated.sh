#!/bin/bash
# Shows Pipit on arm64 without a board: an emulated Debian, the project's own set-up in it, the demo and the core of the
# tests. For Debian on x86-64, as root; the folder needs 3 GB. A stage that is done is not done again unless it is named.
#
#     sudo tools/boards/emulated.sh FOLDER [SUITE [STAGE...]]      SUITE: trixie (Python 3.13) or bookworm (Python 3.11)
#
# Stages: needs qemu debian compiler checkout setup demo tests
# Results: FOLDER/SUITE/times.txt, and FOLDER/SUITE/STAGE.log of each stage. Where /proc/sys/fs/binfmt_misc was mounted
# before, the kernel knows the emulator until the next start, or: echo -1 | sudo tee /proc/sys/fs/binfmt_misc/pipit-arm64
set -euo pipefail

STAGES="needs qemu debian compiler checkout setup demo tests"
# What bears on the processor: sound, every engine with its pocket weights, the turn machine and its workers. Any other
# folders or files of tests can be named instead, for instance what was left over when the time was up.
TESTS=${TESTS:-tests/audio tests/models tests/fsm}
# As fast as one core allows under emulation, a test that takes 10 s elsewhere takes minutes.
TEST_OPTIONS=${TEST_OPTIONS:---timeout 1800}
CROSS=/opt/cross
CERTIFICATES=/etc/certificates-outside.crt
NAME=pipit-arm64
PORT=${PORT:-8399}
REPOSITORY=$(cd "$(dirname "$0")/../.." && pwd)

main() {
    [[ $# -ge 1 ]] || { sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 2; }
    [[ $EUID -eq 0 ]] || { echo "emulated.sh: must be root: it mounts and changes root"; exit 2; }
    [[ ${APART:-} ]] || APART=yes exec unshare --mount "$0" "$@"  # what is mounted here goes when this ends
    mkdir -p "$1"
    WORK=$(cd "$1" && pwd) SUITE=${2:-trixie}
    ROOT=$WORK/$SUITE/root QEMU=$WORK/qemu/usr/bin/qemu-aarch64
    mkdir -p "$WORK/$SUITE"
    if [[ ${STAGE:-} ]]; then mounts; "stage_$STAGE"; exit; fi
    local stage again="${*:3}"
    for stage in ${again:-$STAGES}; do
        [[ $again || ! -e $WORK/$SUITE/$stage.done ]] || continue
        run "$stage"
    done
    report
}

# Runs one stage as a process of its own, its words into its log, its time into times.txt.
run() {
    local log=$WORK/$SUITE/$1.log status=0
    echo "== $1 ($(date +%H:%M)); log: $log"
    rm -f "$WORK/$SUITE/$1.done"
    timed "$1" stage "$1" "$log" || status=$?
    tail -n 3 "$log" | cut -c 1-200
    [[ $1 == tests || $status -eq 0 ]] || { echo "emulated.sh: $1 failed"; exit 1; }
    touch "$WORK/$SUITE/$1.done"
}

stage() { STAGE=$1 "$0" "$WORK" "$SUITE" >"$2" 2>&1; }

# Runs a command and writes into times.txt, by a name, how long it took.
timed() {
    local status=0 seconds user system times=$WORK/$SUITE/times.txt
    TIMEFORMAT="%0R %0U %0S"
    { time "${@:2}" 2>&3 || status=$?; } 3>&2 2>"$WORK/$SUITE/time.${1//\//-}"
    read -r seconds user system <"$WORK/$SUITE/time.${1//\//-}"
    rm "$WORK/$SUITE/time.${1//\//-}"
    printf '%-12s %5d s, %5d s of processor\n' "$1" "$seconds" $((user + system)) | tee -a "$times"
    return $status
}

report() {
    echo "== $SUITE, emulated arm64"
    cat "$WORK/$SUITE/times.txt"
    [[ ! -e $WORK/$SUITE/tests.log ]] || grep -E '^(-- |FAILED|ERROR)|(passed|failed|error).* in ' "$WORK/$SUITE/tests.log"
}

# What this machine itself needs.
stage_needs() {
    command -v debootstrap aarch64-linux-gnu-g++ && python3 -m pip --version && return
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap crossbuild-essential-arm64 \
        python3-pip
}

# The emulator of trixie, whatever this machine is: bookworm's own, 7.2, crashes in onnxruntime 1.31.
stage_qemu() {
    local apt=$WORK/qemu/apt
    [[ ! -x $QEMU ]] || return 0
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) trixie main" >"$apt/sources.list"
    cd "$WORK/qemu"
    fetch() {
        apt-get -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$apt/lists" \
            -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root "$@"
    }
    fetch update
    fetch download qemu-user
    dpkg-deb --extract qemu-user_*.deb "$WORK/qemu"
    "$QEMU" --version
}

# The mirror that this machine's own packages come from.
mirror() {
    apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' | grep -v security | head -n 1
}

# A Debian as small as can be: what it lacks, the set-up must find out for itself.
stage_debian() {
    emulate
    rm -rf "$ROOT"
    debootstrap --arch=arm64 --variant=minbase --include=python3,make "$SUITE" "$ROOT" "$(mirror)"
    echo force-unsafe-io >"$ROOT/etc/dpkg/dpkg.cfg.d/unsafe"  # what is lost with the power is made again
    inside uname -m
}

# This machine's cross compiler, for llama.cpp alone: under emulation a compiler takes more than ten times as long.
# It is put beside the emulated Debian's own, which builds everything else.
stage_compiler() {
    mkdir -p "$ROOT$CROSS/bin" "$ROOT$CROSS/lib" "$ROOT/usr/lib/x86_64-linux-gnu" "$ROOT/lib64"
    cp -aL /usr/bin/aarch64-linux-gnu-{gcc,g++,as,ld,ld.bfd,ar,ranlib,nm,strip} "$ROOT$CROSS/bin/"
    cp -a /usr/lib/gcc-cross "$ROOT$CROSS/lib/"
    cp -a /usr/aarch64-linux-gnu "$ROOT$CROSS/"
    mkdir -p "$ROOT/usr/aarch64-linux-gnu"  # not its bin, where the emulated compiler would look for a linker
    ln -sfn -t "$ROOT/usr/aarch64-linux-gnu" "$CROSS"/aarch64-linux-gnu/{lib,include}
    cp -L /lib64/ld-linux-x86-64.so.2 "$ROOT/lib64/"
    mounts
    echo '#include <iostream>
int main() { std::cout << "built beside, run emulated\n"; }' >"$ROOT/tmp/try.cc"
    inside "$CROSS/bin/aarch64-linux-gnu-g++" -fopenmp /tmp/try.cc -o /tmp/try
    inside /tmp/try
}

# The last commit, nothing else: neither builds nor changes that lie about. A set-up done in it before is kept.
stage_checkout() {
    mkdir -p "$ROOT/pipit"
    find "$ROOT/pipit" -mindepth 1 -maxdepth 1 ! -name .venv -exec rm -rf {} +
    git -c safe.directory='*' -C "$REPOSITORY" archive HEAD | tar -x -C "$ROOT/pipit"
}

# The packages come through this machine: where the emulator has little of a processor, its handshakes are given up on.
stage_setup() {
    python3 "$REPOSITORY/tools/boards/index.py" $PORT &
    trap "kill $!" EXIT
    inside env PIP_INDEX_URL=http://127.0.0.1:$PORT/simple make -C /pipit setup
}

stage_demo() {
    rm -rf "$ROOT/pipit/out"
    inside make -C /pipit run
    ls -l "$ROOT/pipit/out/demo"
    inside sh -c "cd /tmp && /pipit/.venv/bin/python -c 'import lgpio; print(\"lgpio\", lgpio.get_module_version())'"
    inside /pipit/.venv/bin/pipit doctor || true  # there is no microphone, and it says so
}

stage_tests() {
    local folder status=0
    for folder in $TESTS; do
        echo "-- $folder"
        timed "$folder" inside sh -c "cd /pipit && .venv/bin/pytest $TEST_OPTIONS $folder" || status=1
    done
    return $status
}

# Has the kernel hand arm64 programs to the emulator, which it keeps open, so that it need not be inside.
emulate() {
    local misc=/proc/sys/fs/binfmt_misc
    [[ -e $misc/register ]] || mount -t binfmt_misc none $misc
    [[ ! -e $misc/$NAME ]] || return 0
    local magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
    local mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
    printf '%s' ":$NAME:M::$magic:$mask:$QEMU:OCF" >$misc/register
}

# Everything a program inside expects to be mounted; it goes with this script.
mounts() {
    [[ -d $ROOT/proc && -x $QEMU ]] || return 0
    emulate
    mountpoint -q "$ROOT/proc" || mount -t proc proc "$ROOT/proc"
    mountpoint -q "$ROOT/dev" || mount --rbind /dev "$ROOT/dev"
    cp -L /etc/resolv.conf "$ROOT/etc/resolv.conf"
    cp -L /etc/ssl/certs/ca-certificates.crt "$ROOT$CERTIFICATES"  # whoever stands between may have one of its own
    if [[ -d $ROOT/usr/lib/x86_64-linux-gnu ]] && ! mountpoint -q "$ROOT/usr/lib/x86_64-linux-gnu"; then
        mount --bind -o ro /usr/lib/x86_64-linux-gnu "$ROOT/usr/lib/x86_64-linux-gnu"
    fi
}

# Runs a command in the emulated Debian, for a processor of which nothing is known but that it is arm64. Nothing is
# compiled to bytecode ahead: most of it is never run, and it takes longer than all the unpacking.
# An interrupt ends it with what was shown so far, also where this runs in the background.
inside() {
    env --default-signal=INT -i HOME=/root TERM=dumb LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        PIP_CERT=$CERTIFICATES PIP_DEFAULT_TIMEOUT=180 PIP_NO_COMPILE=1 \
        CMAKE_ARGS="-DCMAKE_C_COMPILER=$CROSS/bin/aarch64-linux-gnu-gcc -DCMAKE_CXX_COMPILER=$CROSS/bin/aarch64-linux-gnu-g++ \
-DGGML_NATIVE=OFF -DGGML_CPU_ARM_ARCH=armv8-a" \
        chroot "$ROOT" "$@"
}

main "$@"
