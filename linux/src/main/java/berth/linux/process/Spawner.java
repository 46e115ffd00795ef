package berth.linux.process;

import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import berth.linux.socket.Terminal;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts processes without copying the JVM: the C library's posix_spawn shares memory with the child until its exec, so
 * the time does not grow with the heap.
 *
 * <p>A child has the descriptors 0, 1 and 2 it was given and no others, an empty signal mask and the default action for
 * every signal. It inherits the calling thread's namespaces and cgroups. Source: posix_spawn(3), glibc ≥ 2.34.
 */
public final class Spawner {
    private static final long OPAQUE_SIZE = 512;
    private static final long SIGSET_SIZE = 128;
    private static final short SETPGROUP = 0x02;
    private static final short SETSIGDEF = 0x04;
    private static final short SETSIGMASK = 0x08;
    private static final short SETSID = 0x80;
    private static final int FIRST_OTHER_FD = 3;
    private static final int O_RDWR = 02;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final MethodHandle SPAWNP = Libc.function(
            "posix_spawnp",
            FunctionDescriptor.of(
                    INT, Libc.POINTER, Libc.POINTER, Libc.POINTER, Libc.POINTER, Libc.POINTER, Libc.POINTER));
    private static final MethodHandle ACTIONS_INIT = pointers("posix_spawn_file_actions_init", 1);
    private static final MethodHandle ACTIONS_DESTROY = pointers("posix_spawn_file_actions_destroy", 1);
    private static final MethodHandle ADD_DUP2 =
            Libc.function("posix_spawn_file_actions_adddup2", FunctionDescriptor.of(INT, Libc.POINTER, INT, INT));
    private static final MethodHandle ADD_OPEN = Libc.function(
            "posix_spawn_file_actions_addopen", FunctionDescriptor.of(INT, Libc.POINTER, INT, Libc.POINTER, INT, INT));
    private static final MethodHandle ADD_CHDIR = pointers("posix_spawn_file_actions_addchdir_np", 2);
    private static final MethodHandle ADD_CLOSEFROM =
            Libc.function("posix_spawn_file_actions_addclosefrom_np", FunctionDescriptor.of(INT, Libc.POINTER, INT));
    private static final MethodHandle ATTR_INIT = pointers("posix_spawnattr_init", 1);
    private static final MethodHandle ATTR_DESTROY = pointers("posix_spawnattr_destroy", 1);
    private static final MethodHandle SET_FLAGS =
            Libc.function("posix_spawnattr_setflags", FunctionDescriptor.of(INT, Libc.POINTER, ValueLayout.JAVA_SHORT));
    private static final MethodHandle SET_SIGMASK = pointers("posix_spawnattr_setsigmask", 2);
    private static final MethodHandle SET_SIGDEFAULT = pointers("posix_spawnattr_setsigdefault", 2);

    private Spawner() {}

    /**
     * Starts {@code command}: a child that the caller must close.
     *
     * @throws KernelException if the program cannot be run: ENOENT, EACCES, E2BIG, …; the child is gone then
     */
    public static Child spawn(Command command) {
        List<Fd> temporary = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(OPAQUE_SIZE, 16);
            MemorySegment attributes = arena.allocate(OPAQUE_SIZE, 16);
            check((int) ACTIONS_INIT.invokeExact(actions), "posix_spawn_file_actions_init");
            check((int) ATTR_INIT.invokeExact(attributes), "posix_spawnattr_init");
            try {
                addActions(arena, actions, command, temporary);
                setAttributes(arena, attributes, command.grouping());
                if (command.grouping() == Command.Grouping.OWN_SESSION) {
                    SessionKeyring.leave();
                }
                MemorySegment pid = arena.allocate(INT);
                MemorySegment argv = vector(arena, command.arguments());
                MemorySegment program = argv.getAtIndex(Libc.POINTER, 0);
                MemorySegment envp = vector(arena, command.environment());
                int error = (int) SPAWNP.invokeExact(pid, program, actions, attributes, argv, envp);
                if (error != 0) {
                    throw new KernelException("execve", command.program(), error);
                }
                return Child.of(pid.get(INT, 0));
            } finally {
                check((int) ACTIONS_DESTROY.invokeExact(actions), "posix_spawn_file_actions_destroy");
                check((int) ATTR_DESTROY.invokeExact(attributes), "posix_spawnattr_destroy");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        } finally {
            temporary.forEach(Fd::close);
        }
    }

    private static void addActions(Arena arena, MemorySegment actions, Command command, List<Fd> temporary)
            throws Throwable {
        for (int target = 0; target < FIRST_OTHER_FD; target++) {
            Fd source = command.standardDescriptors().get(target);
            if (source.number() < FIRST_OTHER_FD && source.number() != target) {
                // An earlier dup2 may have replaced it by then.
                source = source.dup();
                temporary.add(source);
            }
            check((int) ADD_DUP2.invokeExact(actions, source.number(), target), "posix_spawn_file_actions_adddup2");
        }
        if (command.grouping() == Command.Grouping.OWN_SESSION) {
            addTerminal(arena, actions, command.standardDescriptors().getFirst());
        }
        check((int) ADD_CLOSEFROM.invokeExact(actions, FIRST_OTHER_FD), "posix_spawn_file_actions_addclosefrom_np");
        if (command.directory().isPresent()) {
            MemorySegment path = Libc.cString(arena, command.directory().get().toString());
            check((int) ADD_CHDIR.invokeExact(actions, path), "posix_spawn_file_actions_addchdir_np");
        }
    }

    /**
     * Makes a terminal on {@code stdin} the controlling one of the new session, which the leader does by opening it. One that
     * another session has stays its. Source: credentials(7), tty_ioctl(4).
     */
    private static void addTerminal(Arena arena, MemorySegment actions, Fd stdin) throws Throwable {
        if (stdin.number() >= FIRST_OTHER_FD && Terminal.isTerminal(stdin)) {
            // Not by 0, which is closed before it is opened anew.
            MemorySegment path = Libc.cString(arena, stdin.procPath());
            check((int) ADD_OPEN.invokeExact(actions, 0, path, O_RDWR, 0), "posix_spawn_file_actions_addopen");
        }
    }

    private static void setAttributes(Arena arena, MemorySegment attributes, Command.Grouping grouping)
            throws Throwable {
        MemorySegment signals = arena.allocate(SIGSET_SIZE, Long.BYTES);
        check((int) SET_SIGMASK.invokeExact(attributes, signals), "posix_spawnattr_setsigmask");
        // Not sigfillset(3), which leaves out the two signals of the C library's threads: they would stay ignored.
        signals.fill((byte) 0xff);
        check((int) SET_SIGDEFAULT.invokeExact(attributes, signals), "posix_spawnattr_setsigdefault");
        int flags = SETSIGMASK
                | SETSIGDEF
                | switch (grouping) {
                    case INHERITED -> 0;
                    case OWN_GROUP -> SETPGROUP;
                    case OWN_SESSION -> SETSID;
                };
        check((int) SET_FLAGS.invokeExact(attributes, (short) flags), "posix_spawnattr_setflags");
    }

    /** A NULL-terminated array of C strings. */
    private static MemorySegment vector(Arena arena, List<byte[]> texts) {
        MemorySegment pointers = arena.allocate(Libc.POINTER, texts.size() + 1L);
        for (int i = 0; i < texts.size(); i++) {
            byte[] text = texts.get(i);
            MemorySegment copy = arena.allocate(text.length + 1L);
            MemorySegment.copy(text, 0, copy, ValueLayout.JAVA_BYTE, 0, text.length);
            for (byte b : text) {
                if (b == 0) {
                    throw new IllegalArgumentException("an argument or variable holds a NUL byte");
                }
            }
            pointers.setAtIndex(Libc.POINTER, i, copy);
        }
        return pointers;
    }

    private static void check(int error, String call) {
        if (error != 0) {
            throw new KernelException(call, "", Math.abs(error));
        }
    }

    private static MethodHandle pointers(String name, int count) {
        return Libc.function(
                name,
                count == 1
                        ? FunctionDescriptor.of(INT, Libc.POINTER)
                        : FunctionDescriptor.of(INT, Libc.POINTER, Libc.POINTER));
    }
}
