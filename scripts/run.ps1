# Sets everything up on Windows 10 (1903 or newer) or 11 with Rust and Python, builds Impasto and runs it with the arguments given.
#   scripts\run.ps1 [-Gpu directml|webgpu|cuda|tensorrt|openvino] [ARGUMENTS OF impasto]
# Written from the documentation of its tools; nobody has run it yet. scripts/check-windows builds the program for Windows elsewhere.
param(
    [ValidateSet('', 'directml', 'webgpu', 'cuda', 'tensorrt', 'openvino')][string]$Gpu = '',
    [Parameter(ValueFromRemainingArguments = $true)][string[]]$Arguments = @()
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3.0

$root = Split-Path -Parent $PSScriptRoot
$brought = Join-Path $root '.runtime'

# The pinned packages, with the SHA-256 of each wheel. The library that runs the networks is one of the first three: DirectML's
# is older, for it is the last one with DirectML inside. The others are plugins, which any of them takes.
$runtimes = @{
    ''         = @(, @('onnxruntime', '1.32.0', 'd7e0c45cc5f456ad7805e6dd256a7662736cda9c2fd17becae194eb3c2f6df72'))
    'directml' = @(, @('onnxruntime-directml', '1.24.4', '96642a787e5a6f33bf043521c0f06eb1eb663f6b830e5862a2026d03f9c90543'))
    # NVIDIA's own packages come under NVIDIA's licence: 1.4 GB to download in all.
    'cuda'     = @(
        @('onnxruntime-gpu', '1.31.1', 'fd98341ba71c093153f0dcfc53eb69d57f706866fb45e94e5b0cde5d97a50dbf'),
        @('nvidia-cuda-runtime', '13.5.37', 'f225d3fa5ea6bfbb58fc4979ef72375cbe661d9107f0d8a4ff22cc151525e4a9'),
        @('nvidia-cuda-nvrtc', '13.5.37', 'e8e6c10b251385707ae3abd7b4ee118de6736fd7678d0f0f4eab4d759f679c21'),
        @('nvidia-cublas', '13.10.0.20', 'c310b749eea855b88fafb906de08d6819b87216c6711640771764fea5dcd8546'),
        @('nvidia-curand', '10.4.5.25', 'f6a02a70f5b9715235df31a164a4bf3237a45be1600a5f435f5e4a0d8682eb22'),
        @('nvidia-cudnn-cu13', '9.28.1.4', '73d874c6bd8a1c75ca040228f77c4e163efe9bab3b65bd85914e2b7334ac68ee')
    )
}
$plugins = @{
    'webgpu'   = @(, @('onnxruntime-ep-webgpu', '0.4.0', '7db646669d1a2390551da675115ea125e68cb3d4d2c3a2d6e463372bf8d6ea87'))
    'tensorrt' = @(, @('onnxruntime-ep-nv-tensorrt-rtx-cu13', '0.5.0', '609b19f7236c8522ef005a9f763003a78f492e5d871afad39fe1b247760eb3c7'))
    'openvino' = @(, @('onnxruntime-ep-openvino', '1.8.1', '1acd878be173b02bb8b953460f2f59b121e5f6e47ebc6aad490c0590cf6718fb'))
}

function Fail([string]$text) {
    Write-Error "error: $text" -ErrorAction Continue
    exit 1
}

# Brings the libraries of some packages into a folder, unless they are there.
function Bring([string]$folder, [object[]]$packages) {
    $mark = Join-Path $folder 'package.txt'
    $wanted = ($packages | ForEach-Object { "$($_[0])==$($_[1])" }) -join ' '
    if ((Test-Path $mark) -and ((Get-Content $mark -Raw).Trim() -eq $wanted)) { return }
    if (-not (Get-Command python -ErrorAction SilentlyContinue)) { Fail 'Python is missing: install it, then run this again' }
    Remove-Item $folder -Recurse -Force -ErrorAction SilentlyContinue
    New-Item $folder -ItemType Directory -Force | Out-Null
    foreach ($package in $packages) {
        $name, $version, $sum = $package
        $work = Join-Path $brought 'wheel'
        Remove-Item $work -Recurse -Force -ErrorAction SilentlyContinue
        New-Item $work -ItemType Directory -Force | Out-Null
        # pip tells the size.
        & python -m pip download --no-deps --only-binary=:all: --python-version 3.11 --implementation cp --platform win_amd64 -d $work "$name==$version"
        if ($LASTEXITCODE -ne 0) { Fail "pip could not download $name ${version}: check the network, then run this again" }
        $wheel = Get-ChildItem $work -Filter '*.whl' | Select-Object -First 1
        if ((Get-FileHash $wheel.FullName -Algorithm SHA256).Hash.ToLowerInvariant() -ne $sum) {
            Fail "$($wheel.Name) has an unexpected checksum: it was damaged on the way or replaced; nothing was installed"
        }
        & python -m zipfile -e $wheel.FullName (Join-Path $work 'unpacked')
        if ($LASTEXITCODE -ne 0) { Fail "the wheel of $name could not be unpacked" }
        # Each library looks for the others beside itself.
        Get-ChildItem (Join-Path $work 'unpacked') -Recurse -Filter '*.dll' | Copy-Item -Destination $folder
        Remove-Item $work -Recurse -Force
    }
    Set-Content $mark $wanted
}

if (-not (Get-Command cargo -ErrorAction SilentlyContinue)) { Fail 'Rust is missing: install it with rustup, then run this again' }

# A library that was brought once stays in use until another is asked for.
$folder = Join-Path $brought 'onnxruntime'
if ($Gpu -ne '' -and $runtimes.ContainsKey($Gpu)) {
    Bring $folder $runtimes[$Gpu]
} elseif (-not (Test-Path (Join-Path $folder 'onnxruntime.dll'))) {
    Bring $folder $runtimes['']
}
if ($plugins.ContainsKey($Gpu)) { Bring (Join-Path $brought $Gpu) $plugins[$Gpu] }

& cargo build --release --locked --manifest-path (Join-Path $root 'Cargo.toml')
if ($LASTEXITCODE -ne 0) { Fail "the build failed: see the compiler's message above" }

$target = if ($env:CARGO_TARGET_DIR) { $env:CARGO_TARGET_DIR } else { Join-Path $root 'target' }
& (Join-Path $target 'release\impasto.exe') @Arguments
exit $LASTEXITCODE
