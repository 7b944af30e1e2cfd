#!/usr/bin/env bash
# The recipes of docs/deploy.md, as they stand there, before a running server: who a visitor is, what was objected to and who is
# there now come through, and a client cannot say that it is somebody else. proxy_test.sh nginx|caddy|apache PROGRAM SOURCES
set -euo pipefail
proxy=$1 program=$2 document=$3/docs/deploy.md
fail() { echo "$*" >&2; exit 1; }
PATH=$PATH:/usr/sbin
case $proxy in apache) binary=apache2 ;; *) binary=$proxy ;; esac
for tool in "$binary" curl openssl; do command -v "$tool" >/dev/null || { echo "skipped: $tool is not here"; exit 77; }; done

folder=$(mktemp -d)
pids=()
stop() {  # all at once: Caddy waits for who follows live visitors
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait "${pids[@]}" 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT

# block HEADING N: the N-th block of code below a heading of the document.
block() {
  awk -v heading="## $1" -v wanted="$2" '/^## / { inside = $0 == heading } inside && /^```/ { ++fences; next }
    inside && fences == 2 * wanted - 1' "$document" >"$folder/block"
  [ -s "$folder/block" ] || fail "docs/deploy.md has no block $2 below \"$1\""
  cat "$folder/block"
}

# The server: on loopback, with the configuration of the document.
export NOCTULE_DATA=$folder/data
"$program" site add example.org >/dev/null
key=$("$program" key add asking --scope query 2>/dev/null)
block systemd 2 | sed "s|^data = .*|data = \"$folder/data\"|" >"$folder/noctule.toml"
serve() {  # ADDRESS
  : >"$folder/out"
  "$program" serve --config "$folder/noctule.toml" --listen "$1" --log "$folder/log" >"$folder/out" 2>"$folder/err" &
  server=$!
  pids+=("$server")
  until grep -q '^listening on http' "$folder/out"; do kill -0 "$server" 2>/dev/null || fail "the server ended: $(cat "$folder/err")"; done
}
serve 127.0.0.1:0
port=$(sed -nE 's|^listening on http://127.0.0.1:([0-9]+).*|\1|p' "$folder/out")
direct=http://127.0.0.1:$port

# The proxy listens on the same port of another loopback address: the server's was free on all of them.
address=127.9.0.1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=stats.example.org \
  -keyout "$folder/stats.example.org.key" -out "$folder/stats.example.org.pem" 2>/dev/null
here() { sed -e "s|127.0.0.1:8000|127.0.0.1:$port|g" -e "s|/etc/ssl|$folder|g" "$@"; }
as_root() { [ "$(id -u)" != 0 ] || echo "$1"; }

write_nginx() {
  as_root 'user root;'
  echo "daemon off; pid $folder/pid; error_log $folder/proxy.log; events {} http { access_log off;"
  for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $folder/$kind;"; done
  block nginx 1 | here -e "s|listen 443|listen $address:$port|"
  echo "server { server_name example.org; listen $address:$port ssl;"
  echo "ssl_certificate $folder/stats.example.org.pem; ssl_certificate_key $folder/stats.example.org.key;"
  block nginx 2 | here
  echo '} }'
}
start_nginx() { exec nginx -e "$folder/proxy.log" -p "$folder" -c "$folder/proxy.conf"; }

write_caddy() {  # with certificates of its own making
  echo "{ admin off; local_certs; skip_install_trust; auto_https disable_redirects; default_bind $address; storage file_system $folder/caddy; }" |
    sed 's/[;{] */&\n/g; s/;//g'
  block Caddy 1 | here -e "s|^stats.example.org|&:$port|"
}
start_caddy() { HOME=$folder exec caddy run --adapter caddyfile --config "$folder/proxy.conf" 2>"$folder/proxy.log"; }

write_apache() {  # with the modules that the document names, and those without which no Apache answers
  local module
  as_root $'User www-data\nGroup www-data'
  printf '%s\n' "DefaultRuntimeDir $folder" "PidFile $folder/pid" "ErrorLog $folder/proxy.log" "ServerName localhost" "Listen $address:$port"
  for module in mpm_event authz_core $(sed -n '/^## Apache/,/^```/p' "$document" | grep -oE '`mod_[a-z_]+`' | tr -d '`' | sed 's/^mod_//'); do
    echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
  done
  block Apache 1 | here -e "s|VirtualHost \*:443|VirtualHost *:$port|"
}
start_apache() { exec apache2 -DFOREGROUND -f "$folder/proxy.conf"; }

"write_$proxy" >"$folder/proxy.conf"
("start_$proxy") >"$folder/proxy.out" 2>&1 &
through=$!
pids+=("$through")

agent='Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0'
host=stats.example.org
# ask FROM PATH CURL_OPTIONS...: through the proxy, from an address of this machine. Prints the status; the answer is in head and body.
ask() {
  local from=$1 path=$2
  shift 2
  curl -ksS --max-time 10 --resolve "$host:$port:$address" --interface "$from" -A "$agent" -D "$folder/head" -o "$folder/body" -w '%{http_code}' "$@" "https://$host:$port$path" || true
}
# view FROM PAGE CURL_OPTIONS...
view() {
  local from=$1 page=$2
  shift 2
  ask "$from" /api/v1/events --json "{\"type\":\"pageview\",\"site\":\"example.org\",\"url\":\"https://example.org$page\"}" "$@"
}
expect() { [ "$2" = "$1" ] || fail "$3: $2 instead of $1; $(tail -n 5 "$folder/head" "$folder/body" "$folder/proxy.log" 2>/dev/null)"; }

for _ in $(seq 100); do
  status=$(ask 127.1.0.1 /health/live 2>/dev/null)
  [ "$status" = 000 ] || break  # nobody listens yet
  kill -0 "$through" 2>/dev/null || fail "$proxy ended: $(tail -n 20 "$folder/proxy.out" "$folder/proxy.log")"
  sleep 0.1
done
expect 200 "$status" 'whether the server lives'

# Two addresses are two visitors; one address is one, whatever it writes of itself.
visit_pages() {  # PREFIX
  expect 202 "$(view 127.1.0.1 "$1/two")" 'a page view'
  expect 202 "$(view 127.2.0.1 "$1/two")" 'a page view from elsewhere'
  expect 202 "$(view 127.3.0.1 "$1/one")" 'a page view'
  expect 202 "$(view 127.3.0.1 "$1/one" -H 'X-Forwarded-For: 203.0.113.7' -H 'Forwarded: for=203.0.113.7')" 'with a made-up address'
  expect 202 "$(view 127.3.0.1 "$1/one" -H 'X-Forwarded-For: 198.51.100.9, 127.0.0.1' -H 'X-Forwarded-For: 192.0.2.3')" 'with two made-up addresses'
}
object() {
  expect 202 "$(view 127.4.0.1 /none -H 'Sec-GPC: 1')" 'an objection'
  grep -qi '^x-noctule-dropped: gpc' "$folder/head" || fail "Sec-GPC did not come through: $(cat "$folder/head")"
  expect 202 "$(view 127.4.0.1 /none -H 'DNT: 1')" 'an objection'
  grep -qi '^x-noctule-dropped: dnt' "$folder/head" || fail "DNT did not come through: $(cat "$folder/head")"
}
# A body beyond the server's limit, and one beyond nginx's too. What curl has to say of answers before its last byte was sent does
# not matter.
send_too_much() {
  local kib
  for kib in 600 3000; do
    head -c ${kib}K /dev/zero | tr '\0' ' ' >"$folder/large"
    expect 413 "$(ask 127.1.0.1 /api/v1/events -H 'Content-Type: text/plain' --data-binary "@$folder/large" 2>/dev/null)" "a body of $kib KiB"
  done
}
# Reads the stream until a line matches.
read_live() {
  local line
  while IFS= read -r -t 20 line <&3; do [[ $line =~ $1 ]] && return 0; done
  fail "live visitors: nothing like $1 came"
}

exec 3< <(exec curl -ksSN --max-time 60 --resolve "$host:$port:$address" --interface 127.5.0.1 -H "Authorization: Bearer $key" "https://$host:$port/api/v1/sites/example.org/live" 2>&1)
follower=$!
pids+=("$follower")
read_live '"visitors":0'
visit_pages ''
read_live '"visitors":[1-9]'
object
send_too_much
expected=$'/one,1,3\n/two,2,2'
if [ "$proxy" = nginx ]; then  # under the site's own host
  host=example.org
  expect 200 "$(ask 127.1.0.1 /noctule.js)" 'the script'
  curl -fsS "$direct/noctule.js" | cmp -s - "$folder/body" || fail 'the script is not the one of the server'
  visit_pages /own
  object
  send_too_much
  expect 404 "$(ask 127.1.0.1 /api/v1/sites)" 'what is no path of the recipe'
  expected=$'/one,1,3\n/own/one,1,3\n/own/two,2,2\n/two,2,2'
  host=stats.example.org
fi
question='{"site_id":"example.org","metrics":["visitors","pageviews"],"dimensions":["event:page"],"date_range":"all","order_by":[["event:page","asc"]]}'
for _ in $(seq 100); do
  expect 200 "$(ask 127.1.0.1 '/api/v2/query?format=csv' -H "Authorization: Bearer $key" --json "$question")" 'a question'
  answer=$(tail -n +2 "$folder/body" | tr -d '\r"')
  [ "$answer" = "$expected" ] && break
  sleep 0.1
done
expect "$expected" "$answer" 'visitors and page views'

# Who stops following is gone for the server too, once there is something to tell.
kill "$follower"
for _ in $(seq 100); do
  expect 202 "$(view 127.1.0.1 /later)" 'a page view'
  readers=$(curl -fsS "$direct/metrics" | awk '$1 == "noctule_live_readers" { print $2 }')
  [ "$readers" = 0 ] && break
  sleep 0.1
done
expect 0 "$readers" 'followers of live visitors after the only one went'

# After a restart of the server the proxy passes events on at once.
kill "$server"
wait "$server" || fail "the server did not end well: $(cat "$folder/err")"
[[ $(view 127.1.0.1 /while) = 50[234] ]] || fail 'somebody answers for a server that has ended'
serve "127.0.0.1:$port"
expect 202 "$(view 127.1.0.1 /again)" 'the first page view after a restart'
echo "$proxy: as docs/deploy.md says"
