#!/usr/bin/env bash
# Makes sure that a Docker engine answers and that images of Postgres and Redis are at hand, and prints the
# variables that tell the tests: settings=$(.ci/containers.sh) && eval "$settings". Progress goes to standard error.
#
# Where images can be pulled, the official ones serve. Where they cannot, Debian's own servers are put into images
# by debootstrap (about two minutes, once); that needs root and Debian's packages.
set -euo pipefail

say() { echo "containers: $*" >&2; }

need() { # PROGRAM PACKAGE
    command -v "$1" >/dev/null && return
    say "installing $2"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2"; } >&2
}

engine_answers() { docker info >/dev/null 2>&1; }

start_engine() {
    engine_answers && return
    need dockerd docker.io
    say "starting dockerd"
    # Its output goes to a file: a caller that reads ours would wait for as long as the engine runs.
    setsid nohup dockerd >/var/tmp/cartsnitch-dockerd.log 2>&1 </dev/null &
    for _ in $(seq 120); do
        engine_answers && return
        sleep 0.5
    done
    say "no Docker engine answers. The end of /var/tmp/cartsnitch-dockerd.log:"
    tail -n 20 /var/tmp/cartsnitch-dockerd.log >&2
    exit 1
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

pull() { timeout 120 docker pull --quiet "$1" >/dev/null 2>&1; }

build_local_images() {
    has_image local/postgres:15 && has_image local/redis:7 && return
    need debootstrap debootstrap
    root=$(mktemp -d /var/tmp/cartsnitch-rootfs.XXXXXX)
    trap 'rm -rf "$root"' EXIT
    say "images cannot be pulled here; building them from Debian's packages"
    debootstrap --variant=minbase --include=postgresql-15,redis-server bookworm "$root" >&2
    install -D -m 755 /dev/stdin "$root/usr/local/bin/postgres-entry" <<'ENTRY'
#!/bin/sh
# As the official image: POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB; further arguments go to the server.
set -eu
bin=/usr/lib/postgresql/15/bin
data=/var/lib/postgresql/data
user=${POSTGRES_USER:-postgres}
echo "$POSTGRES_PASSWORD" >/tmp/password && chown postgres /tmp/password
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
# A locale is named, or psycopg gets bytes where it expects text.
as_postgres $bin/initdb -D $data -E UTF8 --locale=C.UTF-8 -U "$user" --auth=scram-sha-256 \
    --auth-local=trust --pwfile=/tmp/password >/dev/null
rm /tmp/password
echo 'host all all all scram-sha-256' >>$data/pg_hba.conf
if [ "${POSTGRES_DB:-$user}" != postgres ]; then
    echo "CREATE DATABASE \"${POSTGRES_DB:-$user}\"" | as_postgres $bin/postgres --single -D $data postgres >/dev/null
fi
[ "${1:-postgres}" != postgres ] || shift $(($# > 0))
exec setpriv --reuid=postgres --regid=postgres --init-groups $bin/postgres -D $data -h '*' "$@"
ENTRY
    tar -C "$root" -c . | docker import -c 'ENTRYPOINT ["/usr/local/bin/postgres-entry"]' -c 'EXPOSE 5432' \
        - local/postgres:15 >/dev/null
    tar -C "$root" -c . | docker import -c 'ENTRYPOINT ["redis-server", "--bind", "0.0.0.0", "--protected-mode", "no"]' \
        -c 'EXPOSE 6379' - local/redis:7 >/dev/null
}

start_engine
postgres=postgres:18 redis=redis:8
if ! { has_image $postgres || pull $postgres; } || ! { has_image $redis || pull $redis; }; then
    build_local_images
    postgres=local/postgres:15 redis=local/redis:7
    # The image that sweeps containers up cannot be had either.
    echo 'export TESTCONTAINERS_RYUK_DISABLED=true'
fi
echo "export CARTSNITCH_TEST_POSTGRES_IMAGE=$postgres CARTSNITCH_TEST_REDIS_IMAGE=$redis"
