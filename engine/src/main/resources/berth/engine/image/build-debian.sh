# mmdebstrap and its arguments.
exec "$@" >&4
