package berth.linux.netlink;

/** How a request names a link: by its index, or by a name that is looked up when the kernel gets to the request. */
public sealed interface LinkId {
    /** The link of this index. */
    static LinkId of(int index) {
        return new Index(index);
    }

    /** The link that has this name or altname. */
    static LinkId of(String name) {
        return new Name(name);
    }

    /** An index, positive. */
    record Index(int index) implements LinkId {
        public Index {
            if (index <= 0) {
                throw new IllegalArgumentException("no link has the index " + index);
            }
        }

        @Override
        public String toString() {
            return "#" + index;
        }
    }

    /** A name of at most 15 bytes, or an altname of at most 127. */
    record Name(String name) implements LinkId {
        public Name {
            LinkNames.requireAltName(name);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
