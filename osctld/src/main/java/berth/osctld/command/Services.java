package berth.osctld.command;

/**
 * The engine's services that commands call.
 *
 * @param version of Berth
 * @param instance name of this daemon's instance
 */
public record Services(String version, String instance) {}
