#!/usr/bin/env bash
# Installs the Debian package into a bare Debian 12 and runs it there. Needs root, debootstrap and a mirror. install_test.sh BUILD
set -euo pipefail
build=$1
[ "$(id -u)" = 0 ] || { echo "only root can make a Debian root"; exit 77; }
for tool in debootstrap dpkg-shlibdeps; do command -v $tool >/dev/null || { echo "$tool is not here"; exit 77; }; done
mirror=$(grep -hoE '(URIs: *|^deb +(\[[^]]*\] +)?)https?://[^ ]*/debian/? *' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -oE 'https?://[^ ]+' | head -n 1 || true)
[ -n "$mirror" ] || { echo "no mirror of Debian is configured here"; exit 77; }
folder=$(mktemp -d)
root=$folder/root server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  ! mountpoint -q "$root/proc" || umount "$root/proc"
  rm -rf "$folder"
}
trap finish EXIT
fail() { echo "$*"; exit 1; }

cmake --build "$build" --target package_files >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
(cd "$build" && cpack --config CPackConfig.cmake -B "$folder/made") >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$folder/log" 2>&1 || { tail -n 20 "$folder/log"; exit 1; }
cp "$folder"/made/*.deb "$root/noctule.deb"
cp /etc/resolv.conf "$root/etc/resolv.conf"
mount -t proc proc "$root/proc"
inside() {
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" "$@"
}
inside apt-get install -y --no-install-recommends /noctule.deb >"$folder/log" 2>&1 || { tail -n 30 "$folder/log"; exit 1; }

inside noctule --version
inside noctule simulate --seed 5 --days 3 --visits 100 --out /tmp/world.log
inside noctule analyze /tmp/world.log --quiet --json=/tmp/report.json
grep -q '"arrivals"' "$root/tmp/report.json" || fail "no report"

if [ -e "$root/lib/systemd/system/noctule.service" ]; then
  [ "$(inside stat -c '%U %a' /var/lib/noctule)" = "noctule 700" ] || fail "the data folder is not the service's own"
  [ -L "$root/etc/systemd/system/multi-user.target.wants/noctule.service" ] || fail "the service does not start at boot"
  ask() { inside perl -MIO::Socket::UNIX -e '
    my $socket = IO::Socket::UNIX->new("/var/lib/noctule/control.sock") or exit 1;
    print $socket "GET $ARGV[0] HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"; print <$socket>;' "$1"; }
  serve() {  # as the unit does, without systemd
    chroot "$root" setpriv --reuid=noctule --regid=noctule --clear-groups --no-new-privs --bounding-set=-all \
      /usr/bin/noctule serve --config /etc/noctule/noctule.toml >"$folder/served" 2>&1 &
    server=$!
    for _ in $(seq 150); do
      if ask /health/ready 2>/dev/null | grep -q '^HTTP/1.1 200'; then return 0; fi
      kill -0 "$server" 2>/dev/null || break
      sleep 0.2
    done
    cat "$folder/served"
    fail "the service is not ready"
  }
  serve
  kill -TERM "$server"
  wait "$server" || fail "the service did not stop well: $(cat "$folder/served")"
  server=
  inside setpriv --reuid=noctule --regid=noctule --clear-groups noctule db check --data /var/lib/noctule
  inside setpriv --reuid=noctule --regid=noctule --clear-groups noctule doctor --data /var/lib/noctule
  [ -e "$root/var/lib/noctule/keys" ] || fail "there is no key of the day"
fi

# Removed, no key stays; purged, nothing does.
inside dpkg --remove noctule >/dev/null 2>&1 || fail "it cannot be removed"
[ ! -e "$root/var/lib/noctule/keys" ] || fail "a key stayed"
inside dpkg --purge noctule >/dev/null 2>&1 || fail "it cannot be purged"
for left in var/lib/noctule etc/noctule usr/lib/noctule usr/bin/noctule; do [ ! -e "$root/$left" ] || fail "$left stayed"; done
echo "installed, run, removed"
