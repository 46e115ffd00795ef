# shellcheck shell=bash
# The machine's image: a kernel, an initrd and read-only disks, made of Debian's packages by the recipe beside this file.
# Read by bin/vm and bin/test, not run.
: "${root:?}"
# A machine of another kind has the same recipe but for the files in recipe.KIND, and all that is made of it apart.
kind=${BERTH_VM_KIND:-}
built=$root/.build/vm${kind:+.$kind}
image=$built/image
zfs_layer=$built/zfs
berth_layer=$built/berth
tests_layer=$built/tests
packages_cache=$built/packages

# Where file $1 of the recipe is, within vm/.
recipe_file() {
    if [ -n "$kind" ] && [ -f "$root/vm/recipe.$kind/$1" ]; then
        echo "recipe.$kind/$1"
    else
        echo "recipe/$1"
    fi
}

# state_of FILE…: names what these parts of the recipe give. What is new in the archive is taken when they change.
state_of() {
    (cd "$root/vm" && find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) | sha256sum | cut -c 1-12
}

image_state() {
    local parts=(packages sources.list suite dpkg.cfg)
    { pack_rootfs - && state_of image.sh $(for part in "${parts[@]}"; do recipe_file "$part"; done); } |
        sha256sum | cut -c 1-12
}

# The modules fit one kernel.
zfs_state() {
    echo "$(cat "$image/release") $(state_of "$(recipe_file packages.zfs)")"
}

# list_of FILE: the lines of that file of the recipe that are not comments, with commas between.
list_of() {
    grep -v -e '^#' -e '^$' "$root/vm/$(recipe_file "$1")" | paste -sd,
}

# bootstrap PACKAGES OPTION…: makes a Debian tree. Packages that were fetched once are not fetched again.
bootstrap() {
    local packages=$1
    shift
    mkdir -p "$packages_cache"
    # shellcheck disable=SC2016  # mmdebstrap's shell knows the tree as $1
    nice -n 10 mmdebstrap --mode=root --variant=apt --include="$packages" \
        --skip=download/empty --skip=essential/unlink \
        --setup-hook='mkdir -p "$1/var/cache/apt/archives"' \
        --setup-hook="sync-in '$packages_cache' /var/cache/apt/archives" \
        --customize-hook="sync-out /var/cache/apt/archives '$packages_cache'" \
        --dpkgopt="$root/vm/$(recipe_file dpkg.cfg)" --aptopt='Acquire::Languages "none"' \
        "$@" "$(list_of suite)" - - <"$root/vm/$(recipe_file sources.list)"
}

# What of our own the machine has, as a tar archive; owner and rights in the checkout do not matter.
pack_rootfs() {
    tar -C "$root/vm/rootfs" --sort=name --owner=0 --group=0 --mode=u=rwX,go=rX --mtime=@0 -cf "$1" .
}

# to_squashfs FILE OPTION…: the tar archive on standard input. lz4 is what an emulated processor unpacks fastest.
to_squashfs() {
    nice -n 10 sqfstar -quiet -no-progress -comp lz4 -b 128K -root-mode 755 "$@"
}

# make_image DIRECTORY
make_image() {
    pack_rootfs "$1/rootfs.tar"
    # The fragments are there before the packages, so that each is configured by them once.
    # shellcheck disable=SC2016
    bootstrap "$(list_of packages)" --format=tar \
        --essential-hook="tar-in '$1/rootfs.tar' /" \
        --customize-hook='chroot "$1" systemctl --quiet preset-all' \
        --customize-hook='chroot "$1" /usr/lib/systemd/systemd-update-done' \
        --customize-hook="download /vmlinuz '$1/kernel'" \
        --customize-hook="download /initrd.img '$1/initrd'" \
        --customize-hook='ls "$1/usr/lib/modules" >'"'$1/release'" |
        to_squashfs "$1/root.squashfs"
    rm "$1/rootfs.tar"
}

# make_zfs DIRECTORY: ZFS's modules for the image's kernel, and the index of all modules that knows them. They are a layer
# above the image, so that they need not be compiled again with each change of it.
make_zfs() {
    local release
    release=$(cat "$image/release")
    # shellcheck disable=SC2016
    bootstrap "linux-image-$release,linux-headers-$release,$(list_of packages.zfs)" --format=null \
        --customize-hook="cd \"\$1\" && tar -cf '$1/modules.tar' usr/lib/modules/$release/updates usr/lib/modules/$release/modules.*"
    to_squashfs "$1/layer.squashfs" -all-time 0 <"$1/modules.tar"
    rm "$1/modules.tar"
}

# renew DIRECTORY STATE MAKER: has the maker fill it. A failed try, which ends the program, leaves what was there.
renew() {
    local directory=$1 state=$2 maker=$3
    rm -rf "$directory.new"
    mkdir -p "$directory.new"
    "$maker" "$directory.new"
    echo "$state" >"$directory.new/state"
    rm -rf "$directory"
    mv "$directory.new" "$directory"
}

is_current() {
    [ "$(cat "$1/state" 2>/dev/null)" = "$2" ]
}

# Layers are of no time: systemd does what belongs to an upgrade when /usr is newer than at the last boot.

# The build, installed as its Debian package would be, is a layer too.
make_berth() {
    local tree=$1/tree home=$1/tree/usr/lib/berth
    dpkg-deb --extract "$("$root/packaging/build-deb" "$1")" "$tree"
    # What the package finds out and makes when it is installed.
    echo /usr/lib/jvm/java-25-openjdk-amd64 >"$home/.build/java-home"
    find "$home" -exec touch -h -d @0 {} +
    train "$tree" "$1/image" || echo "no start-up cache: the daemon will start slower"
    mksquashfs "$tree" "$1/layer.squashfs" -quiet -no-progress -all-root -all-time 0 -comp lz4
    rm -rf "$tree" "$1/image"
}

# train TREE WORK: makes the daemon's start-up cache with the image's own JDK, but by the processor of this host.
train() {
    unsquashfs -quiet -no-progress -d "$2" "$image/root.squashfs" && cp -a "$1/." "$2/" || return
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child sh -eu -c '
        mount --bind "$1" "$1"
        cd "$1"
        mount -t proc proc proc
        mount --rbind /sys sys
        mount --rbind /dev dev
        mount -t tmpfs tmpfs run
        exec chroot . /usr/lib/berth/bin/train' sh "$2" &&
        cp "$2/usr/lib/berth/.build/osctld.aot" "$1/usr/lib/berth/.build/"
}

berth_state() {
    echo "$(cat "$root/.build/state") $(cat "$image/state") $(state_of image.sh ../packaging ../bin/lib.sh ../README.md ../LICENSE)"
}

# The tests of all modules as they were compiled, and what they need, in a layer of its own: vm/run-class runs them.
make_tests() {
    local home=$1/tree/usr/lib/berth-tests module
    mkdir -p "$home/lib" "$1/tree/usr/lib/berth/bin"
    (cd "$root" && ./mvnw -q -B -ntp -Dspotless.skip -Djacoco.skip -pl linux,engine,osctld,hosttest test-compile \
        dependency:copy-dependencies -DincludeScope=test -DexcludeGroupIds=berth -DoutputDirectory="$home/lib")
    for module in linux engine osctld hosttest; do
        cp -r "$root/$module/target/test-classes" "$home/$module"
    done
    cp "$root/vm/run-class" "$home/"
    list_classes "$home" >"$1/classes"
    # Where the tests look for them in a checkout.
    ln -s ../native/build/osctl "$1/tree/usr/lib/berth/bin/osctl"
    make --silent -C "$root/native" hostile
    mkdir -p "$1/tree/usr/lib/berth/native/build/test"
    cp "$root/native/build/test/hostile" "$1/tree/usr/lib/berth/native/build/test/"
    mksquashfs "$1/tree" "$1/layer.squashfs" -quiet -no-progress -all-root -all-time 0 -comp lz4
    rm -rf "$1/tree"
}

# list_classes HOME: a line 'MODULE CLASS TAG,TAG…' for each class of tests there.
list_classes() {
    local module
    for module in linux engine osctld hosttest; do
        "$JAVA_HOME/bin/java" -cp "$1/$module:$(find "$root/.build/lib/" -name '*-0.1.0.jar' | paste -sd:):$1/lib/*" \
            org.junit.platform.console.ConsoleLauncher discover --disable-banner --disable-ansi-colors --details=verbose \
            --scan-classpath="$1/$module" |
            awk -v module="$module" '
                / tags: \[/ { tags = $0; sub(/.* tags: \[/, "", tags); sub(/].*/, "", tags) }
                / source: (Class|Method)Source / && match($0, /className = \047[^\047]*/) {
                    class = substr($0, RSTART + 13, RLENGTH - 13)
                    sub(/\$.*/, "", class)
                    count = split(tags, each, /, */)
                    all[class] = all[class]
                    for (i = 1; i <= count; i++) if (!seen[class, each[i]]++) all[class] = all[class] each[i] ","
                    tags = ""
                }
                END { for (class in all) print module, class, all[class] }'
    done | sort
}

tests_state() {
    (cd "$root" && find ./*/src/test ./*/pom.xml vm/run-class native/test/hostile* -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | cut -c 1-64 |
        sha256sum - vm/image.sh .build/state | sha256sum | cut -c 1-12)
}
