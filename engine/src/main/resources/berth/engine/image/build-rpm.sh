# Where the database of packages is, the release, packages. /tmp/dnf.conf is the configuration of dnf.
printf '%%_dbpath %s\n' "$1" >/tmp/.rpmmacros
release=$2
shift 2
mkdir "$root"
furnish
dnf --config=/tmp/dnf.conf --installroot="$root" --releasever="$release" --assumeyes install "$@"
pack
