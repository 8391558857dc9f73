# Sourced by scripts/run and scripts/test: installs what they need, and skips what is there.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
RUNTIME=$ROOT/.runtime
ONNXRUNTIME_VERSION=1.32.0
WEBGPU_VERSION=0.4.0
OPENVINO_VERSION=1.8.1
OPENVINO_SHA256=3832643158c8c187fcab6db661cde2a8c06a2b3559d95d0f2411ac0e51c5e924
# The newest ONNX Runtime with CUDA in it, and the pinned packages of NVIDIA's that it needs: name, version, SHA-256.
CUDA_RUNTIME_VERSION=1.31.1
CUDA_RUNTIME_SHA256=e26c475fe361b2015f45b4b824bd13f0bb20204e59b62814e6f0acd5f3d491a6
NVIDIA_PACKAGES=(
    "nvidia-cuda-runtime 13.5.37 df2b79a8852f10d1fef8c848489c49eebb5754051bf870202a862831412b179d"
    "nvidia-cuda-nvrtc 13.5.37 86b4d68058807988b7d9af5b44917a0601e9c337f35ccd657bfb3c759ff8d8bc"
    "nvidia-cublas 13.10.0.20 dcc6d63884c53d07e267ce7e6feac17b2538cebaafec5db865736c3e28e4dc84"
    "nvidia-curand 10.4.5.25 22bb226a857e5888fe6b54ae465fc4371296bcff13a35f79e19691bcf454f529"
    "nvidia-cudnn-cu13 9.28.1.4 a54f205b1db1f2895d99f398754db1369816f0569dd459731f925635cf7b65ec"
)
TENSORRT_VERSION=0.5.0
TENSORRT_SHA256=32f575c633d171b4edf4b53d3bb22b72a6c9c0a850d2982ce9a788a5d40d3298
WEBGPU_SHA256=5d8c961eda91a88961cad1fb7621f389f006b18497d6ea9ecf96f729f066cbfb
# SHA-256 of the manylinux_2_28 wheels for CPython 3.11, x86_64 and aarch64; the library inside knows no Python version.
ONNXRUNTIME_SHA256="5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d 2303372a85299b6757b0e11e1cbf13e410ddf7e10c37f4b37e99d1c90e7daf7c"

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# need_packages PACKAGE...: installs the Debian packages that are missing, with sudo only where it is needed.
need_packages() {
    local missing=() package as_root=()
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    command -v apt-get >/dev/null || fail "this machine has no apt-get: install the equivalents of ${missing[*]} and try again"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "installing ${missing[*]} needs root: run as root, or install sudo"
        as_root=(sudo)
    fi
    say "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -q >&2 || say "apt-get update failed: trying with the lists that are there"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2 ||
        fail "apt-get could not install ${missing[*]}: see its message above"
}

# need_wayland: what the cargo feature `wayland` is built and linked with: PipeWire's library, and clang, which reads its headers.
# Fails without ending the script where the packages are not to be had.
need_wayland() {
    [ "$(uname -s)" = Linux ] || return 1
    (need_packages pkg-config libpipewire-0.3-dev clang)
}

# need_scap: what the program that captures with scap (backends/scap) is built with: on Linux what `wayland` is, and libdbus.
# Fails without ending the script where the packages are not to be had.
need_scap() {
    [ "$(uname -s)" != Linux ] || { need_wayland && (need_packages libdbus-1-dev); }
}

# is_wayland_wanted: whether this is a session of Wayland, or what it takes to build for one is there already.
is_wayland_wanted() {
    [ -n "${WAYLAND_DISPLAY:-}" ] || [ "${XDG_SESSION_TYPE:-}" = wayland ] ||
        { pkg-config --exists libpipewire-0.3 && command -v clang; } >/dev/null 2>&1
}

# need_rust: a toolchain, which we do not install for people.
need_rust() {
    command -v cargo >/dev/null || fail "Rust is missing: install it with rustup, then run this again"
}

# wheel NAME VERSION SHA256 FOLDER [SIZE]: downloads a pinned wheel without its dependencies, checks it, unpacks it.
wheel() {
    local name=$1 version=$2 sha256=$3 folder=$4 size=${5:-} work file
    # Beside where it goes: a wheel may be larger than the room for temporary files.
    mkdir -p "$RUNTIME"
    work=$(mktemp -d "$RUNTIME/wheel.XXXXXX")
    say "downloading $name $version${size:+ ($size)}"
    python3 -m pip download -q --no-deps --only-binary=:all: --python-version 3.11 --implementation cp \
        --platform "manylinux_2_28_$(uname -m)" --platform "manylinux_2_27_$(uname -m)" --platform "manylinux2014_$(uname -m)" \
        -d "$work" "$name==$version" >&2 || {
        rm -rf "$work"
        fail "pip could not download $name $version: check the network (and PIP_INDEX_URL), then run this again"
    }
    file=$(echo "$work"/*.whl)
    if [ -n "$sha256" ]; then
        case " $sha256 " in
            *" $(sha256sum "$file" | cut -d' ' -f1) "*) ;;
            *)
                rm -rf "$work"
                fail "$(basename "$file") has an unexpected checksum: it was damaged on the way or replaced; nothing was installed"
                ;;
        esac
    fi
    python3 -m zipfile -e "$file" "$work/unpacked"
    mkdir -p "$(dirname "$folder")" && rm -rf "$folder" && mv "$work/unpacked" "$folder"
    rm -rf "$work"
}

# need_onnxruntime: the library that runs the networks, from its Python wheel (Python itself is not used at run time).
need_onnxruntime() {
    local folder=$RUNTIME/onnxruntime
    [ -e "$folder/libonnxruntime.so.$ONNXRUNTIME_VERSION" ] && return
    need_packages python3 python3-pip
    wheel onnxruntime "$ONNXRUNTIME_VERSION" "$ONNXRUNTIME_SHA256" "$RUNTIME/wheel-onnxruntime" "28 MB"
    mkdir -p "$folder"
    mv "$RUNTIME/wheel-onnxruntime/onnxruntime/capi/libonnxruntime.so.$ONNXRUNTIME_VERSION" "$folder/"
    rm -rf "$RUNTIME/wheel-onnxruntime"
}

# need_reference_python: ONNX Runtime in Python, which the tests compare our paintings with.
need_reference_python() {
    local python=$RUNTIME/python
    "$python/bin/python" -c 'import numpy, onnxruntime' 2>/dev/null && return
    say "setting up Python's ONNX Runtime as the reference"
    rm -rf "$python"
    python3 -m venv "$python" || fail "python3 cannot make a virtual environment: install python3-venv"
    "$python/bin/python" -m pip install -q "onnxruntime==$ONNXRUNTIME_VERSION" numpy >&2 ||
        fail "pip could not install onnxruntime and numpy: check the network, then run this again"
}

# openvino_gains: whether this machine is one on which OpenVINO is known to paint faster: a processor of Intel's that multiplies
# in half precision, or Intel's graphics. It takes no others.
openvino_gains() {
    [ "$(uname -m)" = x86_64 ] || return 1
    { grep -qs GenuineIntel /proc/cpuinfo && grep -qsw -e amx_bf16 -e avx512_bf16 /proc/cpuinfo; } || grep -qs 0x8086 /sys/class/drm/card*/device/vendor
}

# need_openvino: ONNX Runtime's OpenVINO plugin, which paints on Intel's graphics and faster on many processors.
need_openvino() {
    local folder=$RUNTIME/openvino
    [ -e "$folder/libonnxruntime_providers_openvino_plugin.so" ] && return
    [ "$(uname -m)" = x86_64 ] || { say "the OpenVINO plugin is pinned for x86_64 only"; return 1; }
    wheel onnxruntime-ep-openvino "$OPENVINO_VERSION" "$OPENVINO_SHA256" "$RUNTIME/wheel-openvino" "53 MB"
    rm -rf "$folder" && mv "$RUNTIME/wheel-openvino/onnxruntime_ep_openvino" "$folder"
    # The wheel holds the library under three names; one is enough.
    rm -f "$folder"/libonnxruntime_providers_openvino_plugin.so.*
    rm -rf "$RUNTIME/wheel-openvino"
}

# need_webgpu: ONNX Runtime's WebGPU plugin (Vulkan here), which paints on graphics cards of any vendor.
need_webgpu() {
    local folder=$RUNTIME/webgpu
    [ -e "$folder/libonnxruntime_providers_webgpu.so" ] && return
    [ "$(uname -m)" = x86_64 ] || fail "the WebGPU plugin is pinned for x86_64 only: run without --gpu"
    wheel onnxruntime-ep-webgpu "$WEBGPU_VERSION" "$WEBGPU_SHA256" "$RUNTIME/wheel-webgpu" "7 MB"
    mkdir -p "$folder"
    mv "$RUNTIME/wheel-webgpu/onnxruntime_ep_webgpu/libonnxruntime_providers_webgpu.so" "$folder/"
    rm -rf "$RUNTIME/wheel-webgpu"
}

# need_room GIGABYTES WHAT: says so where the disk is too full.
need_room() {
    local free
    mkdir -p "$RUNTIME"
    free=$(df --output=avail -BG "$RUNTIME" | tail -1 | tr -dc 0-9)
    [ "$free" -ge "$1" ] || fail "$2 needs $1 GB of free disk, and there are $free: make room, then run this again"
}

# is_in_system LIBRARY...: whether the system's loader finds all of them.
is_in_system() {
    local library known
    known=$(/sbin/ldconfig -p)
    for library in "$@"; do
        [[ $known == *"	$library "* ]] || return 1
    done
}

# need_cuda: ONNX Runtime with CUDA in it, for NVIDIA's cards, and what it needs of NVIDIA's where the system has not got it.
# NVIDIA's libraries come from its own packages, under its licence; nothing of them is part of Impasto.
need_cuda() {
    local folder=$RUNTIME/onnxruntime-cuda package name version sha256
    [ -e "$folder/complete" ] && return
    [ "$(uname -m)" = x86_64 ] || fail "ONNX Runtime with CUDA is pinned for x86_64 only: run with --gpu webgpu"
    need_packages python3 python3-pip
    local work=$RUNTIME/wheel-cuda
    rm -rf "$folder"
    if is_in_system libcudart.so.13 libcublas.so.13 libcublasLt.so.13 libcurand.so.10 libcudnn.so.9; then
        say "CUDA 13 and cuDNN 9 are installed: only ONNX Runtime with CUDA is brought"
    else
        need_room 6 "CUDA"
        say "CUDA 13 and cuDNN 9 are brought from NVIDIA's packages, under NVIDIA's licence: 1.1 GB to download, 1.8 GB on disk"
        for package in "${NVIDIA_PACKAGES[@]}"; do
            read -r name version sha256 <<<"$package"
            wheel "$name" "$version" "$sha256" "$work"
            mkdir -p "$folder"
            # One folder for all: each looks for the others beside itself.
            find "$work" -path '*/lib/*' -name '*.so*' -exec mv -t "$folder" {} +
            rm -rf "$work"
        done
    fi
    need_room 1 "ONNX Runtime with CUDA"
    wheel onnxruntime-gpu "$CUDA_RUNTIME_VERSION" "$CUDA_RUNTIME_SHA256" "$work" "256 MB"
    mkdir -p "$folder"
    mv "$work/onnxruntime/capi/libonnxruntime.so.$CUDA_RUNTIME_VERSION" \
        "$work"/onnxruntime/capi/libonnxruntime_providers_{shared,cuda}.so "$folder/"
    rm -rf "$work"
    touch "$folder/complete"
    say "this ONNX Runtime is used from now on; to go back, delete $folder"
}

# need_tensorrt: NVIDIA's plugin for ONNX Runtime with TensorRT for RTX in it, under NVIDIA's licence; it needs only the driver.
need_tensorrt() {
    local folder=$RUNTIME/tensorrt work=$RUNTIME/wheel-tensorrt library
    [ -e "$folder/libonnxruntime_providers_nv_tensorrt_rtx.so" ] && return
    [ "$(uname -m)" = x86_64 ] || fail "the TensorRT plugin is pinned for x86_64 only: run with --gpu webgpu"
    need_packages python3 python3-pip
    wheel onnxruntime-ep-nv-tensorrt-rtx-cu13 "$TENSORRT_VERSION" "$TENSORRT_SHA256" "$work" "147 MB, under NVIDIA's licence"
    # It looks for its own parts by names without the version.
    for library in "$work"/onnxruntime_ep_nv_tensorrt_rtx/lib*.so.*.*.*; do
        library=$(basename "$library")
        ln -s "$library" "$work/onnxruntime_ep_nv_tensorrt_rtx/$(sed 's/\(\.so\.[0-9]*\).*/\1/' <<<"$library")"
        ln -s "$library" "$work/onnxruntime_ep_nv_tensorrt_rtx/${library%%.so.*}.so"
    done
    rm -rf "$folder" && mv "$work/onnxruntime_ep_nv_tensorrt_rtx" "$folder"
    rm -rf "$work"
}

# need_software_vulkan: a Vulkan driver that needs no graphics card and is new enough for the WebGPU plugin (Mesa 25; that of
# Debian 12 is refused), unpacked into a folder of ours. Fails without ending the script: only tests want it.
need_software_vulkan() {
    local folder=$RUNTIME/software-vulkan system=/usr/lib/$(uname -m)-linux-gnu/libvulkan_lvp.so work mirror apt
    [ -e "$folder/libvulkan_lvp.so" ] && return
    [ "$(uname -m)" = x86_64 ] || { say "software Vulkan is brought for x86_64 only"; return 1; }
    mkdir -p "$folder"
    if dpkg --compare-versions "$(dpkg-query -W -f '${Version}' mesa-vulkan-drivers 2>/dev/null || echo 0)" ge 25 && [ -e "$system" ]; then
        ln -s "$system" "$folder/libvulkan_lvp.so"
    else
        say "downloading Mesa's software Vulkan driver from Debian 12's backports"
        mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | head -n 1)
        [ -n "$mirror" ] || { say "this machine's apt knows no Debian mirror"; rm -rf "$folder"; return 1; }
        work=$(mktemp -d)
        mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
        echo "deb $mirror bookworm-backports main" >"$work/sources.list"
        apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
            -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none)
        (cd "$work" && "${apt[@]}" update && "${apt[@]}" -t bookworm-backports download mesa-vulkan-drivers && dpkg -x ./*.deb x &&
            cp x/usr/lib/x86_64-linux-gnu/libvulkan_lvp.so "$folder/") >&2 || { rm -rf "$work" "$folder"; return 1; }
        rm -rf "$work"
    fi
    printf '{"ICD":{"api_version":"1.4.305","library_path":"./libvulkan_lvp.so"},"file_format_version":"1.0.0"}\n' >"$folder/lvp_icd.json"
}
