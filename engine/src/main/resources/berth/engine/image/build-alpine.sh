# The trust options of apk, the architecture, the repositories in one word, packages. /tmp/shown0 is apk.
trust=$1 arch=$2 repositories=$3
shift 3
cp /tmp/shown0 /tmp/apk
chmod 755 /tmp/apk
mkdir -p "$root/etc/apk"
printf '%s\n' $repositories >"$root/etc/apk/repositories"
furnish
/tmp/apk $trust --root "$root" --initdb --no-cache --arch "$arch" add "$@"
pack
