# The configuration of dnf, where the database of packages is, the release, packages.
printf '%s' "$1" >/tmp/dnf.conf
printf '%%_dbpath %s\n' "$2" >/tmp/.rpmmacros
release=$3
shift 3
mkdir "$root"
furnish
dnf --config=/tmp/dnf.conf --installroot="$root" --releasever="$release" --assumeyes install "$@"
pack
