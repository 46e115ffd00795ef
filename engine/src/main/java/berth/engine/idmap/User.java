package berth.engine.idmap;

/** A user. */
public record User(String name, int ugid, IdMap uidMap, IdMap gidMap, boolean standalone) {}
