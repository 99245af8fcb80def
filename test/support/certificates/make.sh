#!/bin/sh
# Makes the certificates of the tests: a private authority, and servers that it signed. They hold for a hundred years, so
# this runs again only when a kind of certificate is added. Needs openssl(1).
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here='subjectAltName=DNS:localhost,IP:127.0.0.1'

# request NAME: a key and a request to sign it.
request() {
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=lx-agent test $1" \
    -keyout "$1.key.pem" -out "$work/$1.csr"
}

# sign NAME EXTENSION START END: by the private authority.
sign() {
  request "$1"
  : > "$work/index"
  printf '[ca]\ndefault_ca=own\n[own]\ndatabase=%s\nrand_serial=yes\nnew_certs_dir=%s\npolicy=any\n[any]\ncommonName=supplied\n' \
    "$work/index" "$work" > "$work/ca.cnf"
  printf '%s\n' "$2" > "$work/extensions"
  openssl ca -batch -notext -md sha256 -config "$work/ca.cnf" -cert authority.pem -keyfile authority.key.pem \
    -startdate "$3" -enddate "$4" -extfile "$work/extensions" -in "$work/$1.csr" -out "$1.pem"
}

for name in authority stranger; do
  request "$name"
  printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n' > "$work/extensions"
  openssl x509 -req -days 36500 -extfile "$work/extensions" -signkey "$name.key.pem" \
    -in "$work/$name.csr" -out "$name.pem"
done
sign server "$here" 20200101000000Z 21190101000000Z
sign expired "$here" 20200101000000Z 20210101000000Z
sign other-host 'subjectAltName=DNS:other.example.com' 20200101000000Z 21190101000000Z
rm authority.key.pem stranger.key.pem
