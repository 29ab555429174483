#!/bin/sh
# Installs codi: builds it when this script lies in a checkout, downloads a release when it is piped into sh.
# An existing codi stays as it is until the new one is complete, checked and has been run once.
# Everything is inside functions and main is called in the last line: a script cut off on its way does nothing.
set -eu

# A release writes its own address here.
release_url=''

usage() {
  cat <<'EOF'
Installs codi, a coding agent for the terminal.

  ./install.sh                  in a checkout: builds codi and installs it
  curl -fsSL URL/install.sh | sh    downloads a release and installs it

Options
  --dir DIR        install into DIR (default: $CODI_INSTALL_DIR, else ~/.local/bin)
  --download       download a release, also when run inside a checkout
  --modify-path    add DIR to PATH in the start-up file of your shell, if it is not there
  --help           this text

Environment
  CODI_INSTALL_DIR   where to install
  CODI_RELEASE_URL   where the files of a release are: https, or http on this machine
EOF
}

say() {
  printf '%s\n' "$1"
}

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  exit 1
}

usage_error() {
  printf 'install.sh: %s; see --help\n' "$1" >&2
  exit 2
}

has() {
  command -v "$1" >/dev/null 2>&1
}

main() {
  modify_path=no
  download=no
  install_dir=${CODI_INSTALL_DIR:-}
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h)
        usage
        exit 0
        ;;
      --dir)
        install_dir=${2:-}
        [ -n "$install_dir" ] || usage_error '--dir needs a directory'
        shift
        ;;
      --dir=?*) install_dir=${1#--dir=} ;;
      --download) download=yes ;;
      --modify-path) modify_path=yes ;;
      *) usage_error "unknown argument $1" ;;
    esac
    shift
  done

  checkout=$(find_checkout)
  choose_directory
  fresh=$install_dir/.codi-install.$$
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/codi-install.XXXXXX") ||
    fail "cannot make a temporary directory in ${TMPDIR:-/tmp}"
  trap 'rm -rf "$fresh" "$scratch"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  (: >"$fresh") 2>/dev/null ||
    fail "cannot write to $install_dir; choose another directory with --dir or CODI_INSTALL_DIR"

  if [ -n "$checkout" ] && [ "$download" = no ] && [ -z "$release_url" ]; then
    build_from_checkout
  else
    download_release
  fi
  put_in_place
  advise_path
}

# The directory of this script when it is the one of a checkout; nothing when it came through a pipe.
find_checkout() {
  case $0 in
    */install.sh | install.sh) ;;
    *) return 0 ;;
  esac
  [ -f "$0" ] || return 0
  directory=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
  if [ -f "$directory/build.ts" ] && [ -f "$directory/src/main.ts" ]; then
    printf '%s' "$directory"
  fi
}

choose_directory() {
  if [ -z "$install_dir" ]; then
    [ -n "${HOME:-}" ] || fail 'HOME is not set; say where to install with --dir or CODI_INSTALL_DIR'
    install_dir=$HOME/.local/bin
  fi
  case $install_dir in
    /*) ;;
    *) install_dir=$(pwd)/$install_dir ;;
  esac
  [ ! -d "$install_dir/codi" ] || fail "$install_dir/codi is a directory; move it away first"
  mkdir -p "$install_dir" 2>/dev/null ||
    fail "cannot make $install_dir; choose another directory with --dir or CODI_INSTALL_DIR"
}

build_from_checkout() {
  say "Building codi from $checkout"
  sh "$checkout/.ci/bun" "$checkout/build.ts" || fail 'the build failed (see above); nothing was installed'
  cp "$checkout/dist/codi" "$fresh" ||
    fail "cannot copy codi to $install_dir; is the disk full? Nothing was changed"
}

download_release() {
  url=${CODI_RELEASE_URL:-$release_url}
  [ -n "$url" ] ||
    fail 'no release address is known; set CODI_RELEASE_URL, or run ./install.sh in a checkout to build codi'
  url=${url%/}
  check_url "$url"
  platform=$(detect_platform)
  say "Downloading codi for $platform from $url"
  fetch SHA256SUMS "$scratch/sums"
  asset=$(choose_asset "$platform")
  [ -n "$asset" ] ||
    fail "the release at $url has no codi for $platform; it has: $(offered). Build it from a checkout instead"
  fetch "$asset" "$scratch/$asset"
  check_sum "$asset"
  unpack "$asset"
}

# http is for a server on this machine only: a name or an address of another machine must be reached by https.
check_url() {
  case $1 in
    *[!A-Za-z0-9._~:/%+\[\]-]*) fail "the release address $1 has a character that does not belong there" ;;
    https://?*) protocol='=https' ;;
    http://*)
      host=${1#http://}
      host=${host%%/*}
      case $host in
        127.0.0.1 | localhost | '[::1]') ;;
        127.0.0.1:* | localhost:* | '[::1]':*)
          case ${host##*:} in
            '' | *[!0-9]*) fail "the release address $1 has no proper port" ;;
          esac
          ;;
        *) fail "the release address $1 must be https (http is for this machine only)" ;;
      esac
      protocol='=http'
      export no_proxy='127.0.0.1,localhost,::1'
      ;;
    *) fail "the release address $1 must begin with https://" ;;
  esac
}

detect_platform() {
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    *) fail "there is no codi for $(uname -s) yet; Linux and macOS are supported" ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) cpu=x64 ;;
    aarch64 | arm64) cpu=arm64 ;;
    *) fail "there is no codi for processors of type $(uname -m)" ;;
  esac
  # A shell translated by Rosetta calls itself x86_64.
  if [ "$os" = darwin ] && [ "$cpu" = x64 ] && [ "$(sysctl -n hw.optional.arm64 2>/dev/null)" = 1 ]; then
    cpu=arm64
  fi
  if [ "$os" = linux ] && is_musl; then
    cpu=$cpu-musl
  elif [ "$os-$cpu" = linux-x64 ] && [ -r /proc/cpuinfo ] && ! grep -qw avx2 /proc/cpuinfo; then
    cpu=x64-baseline
  fi
  printf '%s' "$os-$cpu"
}

is_musl() {
  for loader in /lib/ld-musl-*.so.1; do
    [ -e "$loader" ] && [ ! -e /lib64/ld-linux-x86-64.so.2 ] && [ ! -e /lib/ld-linux-aarch64.so.1 ] &&
      return 0
  done
  return 1
}

# The smaller file where it can be unpacked here.
choose_asset() {
  for extension in xz gz; do
    if [ "$extension" = xz ]; then has xz || continue; fi
    if grep -q "  codi-$1\\.$extension\$" "$scratch/sums"; then
      printf '%s' "codi-$1.$extension"
      return 0
    fi
  done
}

offered() {
  names=$(sed -n 's/^[0-9a-f]*  codi-\(.*\)\.gz$/\1/p' "$scratch/sums" | tr '\n' ' ')
  printf '%s' "${names:-nothing}" | sed 's/ *$//'
}

# fetch NAME FILE
fetch() {
  if has curl; then
    # On a terminal the big file has a progress bar, and curl itself says what went wrong.
    if [ -t 2 ] && [ "$1" != SHA256SUMS ]; then
      download "$2" "$url/$1" --progress-bar && return 0
      : >"$scratch/reason"
    else
      download "$2" "$url/$1" --silent --show-error 2>"$scratch/reason" && return 0
    fi
  elif has wget; then
    wget -T 20 -O "$2" "$url/$1" 2>"$scratch/reason" && return 0
  else
    fail 'curl or wget is needed to download codi; install one of them'
  fi
  reason=$(grep . "$scratch/reason" | tail -n 1)
  fail "cannot download $url/$1 (${reason:-see above}); nothing was changed"
}

download() {
  output=$1 address=$2
  shift 2
  curl --fail --location --proto "$protocol" --retry 2 --connect-timeout 20 \
    "$@" --output "$output" "$address"
}

check_sum() {
  wanted=$(sed -n "s/^\\([0-9a-f]\\{64\\}\\)  $1\$/\\1/p" "$scratch/sums")
  [ -n "$wanted" ] || fail "SHA256SUMS at $url has no proper line for $1; nothing was changed"
  found=$(sha256 "$scratch/$1")
  [ "$wanted" = "$found" ] ||
    fail "$1 is damaged or was tampered with: its SHA-256 is $found instead of $wanted; nothing was changed"
}

sha256() {
  if has sha256sum; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif has shasum; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  elif has openssl; then
    openssl dgst -sha256 "$1" | sed 's/^.*= *//'
  else
    fail 'sha256sum, shasum or openssl is needed to check the download; install one of them'
  fi
}

unpack() {
  case $1 in
    *.xz) xz -dc "$scratch/$1" >"$fresh" ;;
    *) gzip -dc "$scratch/$1" >"$fresh" ;;
  esac || fail "cannot unpack $1 into $install_dir; is the disk full? Nothing was changed"
}

# A rename: whoever runs the old codi keeps it, and there is no moment without one.
put_in_place() {
  chmod 755 "$fresh"
  version=$("$fresh" --version 2>"$scratch/reason") ||
    fail "the new codi does not run on this machine ($(tail -n 1 "$scratch/reason")); nothing was changed"
  mv -f "$fresh" "$install_dir/codi" || fail "cannot replace $install_dir/codi; nothing was changed"
  say "Installed $version as $install_dir/codi"
}

advise_path() {
  case :$PATH: in
    *:"$install_dir":*)
      first=$(command -v codi || true)
      if [ "$first" != "$install_dir/codi" ]; then
        say "Note: the command codi means $first, which comes earlier in PATH"
      fi
      return 0
      ;;
  esac
  if [ "$modify_path" = yes ]; then
    add_to_path
    return 0
  fi
  say "$install_dir is not in PATH. Run it as $install_dir/codi, or add this line to your shell's start-up file"
  say "(--modify-path does it for you):"
  say "  export PATH=$(quoted "$install_dir"):\"\$PATH\""
}

add_to_path() {
  [ -n "${HOME:-}" ] || fail 'HOME is not set, so there is no start-up file to change; codi itself is installed'
  line="export PATH=$(quoted "$install_dir"):\"\$PATH\""
  case ${SHELL:-sh} in
    */zsh) file=${ZDOTDIR:-$HOME}/.zshrc ;;
    */bash) file=$HOME/.bashrc ;;
    */fish)
      file=$HOME/.config/fish/conf.d/codi.fish
      line="fish_add_path $(quoted "$install_dir")"
      ;;
    *) file=$HOME/.profile ;;
  esac
  mkdir -p "$(dirname -- "$file")"
  if [ -f "$file" ] && grep -qxF "$line" "$file"; then
    say "$file adds $install_dir to PATH already; open a new terminal"
    return 0
  fi
  printf '\n# codi\n%s\n' "$line" >>"$file" || fail "cannot write to $file; codi itself is installed"
  say "Added $install_dir to PATH in $file; open a new terminal"
}

quoted() {
  printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

main "$@"
