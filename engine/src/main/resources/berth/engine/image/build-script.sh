# What fills the new root is the program /tmp/script, run beside it.
mkdir "$root"
cp /tmp/shown0 /tmp/script
chmod 755 /tmp/script
mkdir -p "$root/dev" "$root/proc" "$root/run" "$root/tmp"
export ROOT="$root"
/tmp/script "$root"
furnish
pack
