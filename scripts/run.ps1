# Sets everything up on Windows 10 (1903 or newer) or 11 with Rust and Python, builds Impasto and runs it with the arguments given.
#   scripts\run.ps1 [-Gpu directml] [ARGUMENTS OF impasto]
# Written from the documentation of its tools; nobody has run it yet. scripts/check-windows builds the program for Windows elsewhere.
param(
    [ValidateSet('', 'directml')][string]$Gpu = '',
    [Parameter(ValueFromRemainingArguments = $true)][string[]]$Arguments = @()
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3.0

$root = Split-Path -Parent $PSScriptRoot
$brought = Join-Path $root '.runtime'
$folder = Join-Path $brought 'onnxruntime'

# The libraries that run the networks, from their Python wheels. DirectML's is older: it is the last one with DirectML inside.
$package = if ($Gpu -eq 'directml') { 'onnxruntime-directml==1.24.4' } else { 'onnxruntime==1.32.0' }

function Fail([string]$text) {
    Write-Error "error: $text" -ErrorAction Continue
    exit 1
}

if (-not (Get-Command cargo -ErrorAction SilentlyContinue)) { Fail 'Rust is missing: install it with rustup, then run this again' }

$mark = Join-Path $folder 'package.txt'
if (-not ((Test-Path $mark) -and ((Get-Content $mark -Raw).Trim() -eq $package))) {
    if (-not (Get-Command python -ErrorAction SilentlyContinue)) { Fail 'Python is missing: install it, then run this again' }
    $work = Join-Path $brought 'wheel'
    Remove-Item $work, $folder -Recurse -Force -ErrorAction SilentlyContinue
    New-Item $work, $folder -ItemType Directory -Force | Out-Null
    & python -m pip download -q --no-deps --only-binary=:all: --python-version 3.11 --implementation cp --platform win_amd64 -d $work $package
    if ($LASTEXITCODE -ne 0) { Fail "pip could not download ${package}: check the network, then run this again" }
    $wheel = Get-ChildItem $work -Filter '*.whl' | Select-Object -First 1
    & python -m zipfile -e $wheel.FullName (Join-Path $work 'unpacked')
    if ($LASTEXITCODE -ne 0) { Fail 'the wheel could not be unpacked' }
    Copy-Item (Join-Path $work 'unpacked\onnxruntime\capi\*.dll') $folder
    Set-Content $mark $package
    Remove-Item $work -Recurse -Force
}

& cargo build --release --locked --manifest-path (Join-Path $root 'Cargo.toml')
if ($LASTEXITCODE -ne 0) { Fail "the build failed: see the compiler's message above" }

$target = if ($env:CARGO_TARGET_DIR) { $env:CARGO_TARGET_DIR } else { Join-Path $root 'target' }
& (Join-Path $target 'release\impasto.exe') @Arguments
exit $LASTEXITCODE
