# The trust options of apk, the architecture, packages. /tmp/shown0 is apk, /tmp/repositories its repositories. Names and passwords in
# their addresses are not for the image.
trust=$1 arch=$2
shift 2
cp /tmp/shown0 /tmp/apk
chmod 755 /tmp/apk
mkdir -p "$root/etc/apk"
cat /tmp/repositories >"$root/etc/apk/repositories"
furnish
/tmp/apk $trust --root "$root" --initdb --no-cache --arch "$arch" add "$@"
sed -i 's,//[^/]*@,//,' "$root/etc/apk/repositories"
pack
