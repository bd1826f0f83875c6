/*
 * Preloaded into Debian's linux.uml (6.1). It changes two of UML's ptrace requests.
 *
 * 1. PTRACE_SETREGSET(NT_X86_XSTATE). UML 6.1 saves at most 2696 bytes of floating point
 *    state. A host whose processor has more of it (AMX: Sapphire Rapids and later, about
 *    11 KiB) answers EFAULT to anything but its own full length, and the guest dies while
 *    it starts: "ptrace set fp regs failed, errno = 14". What UML hands over is therefore
 *    lengthened with zeroes, which is the initial value of the parts it does not know.
 * 2. PTRACE_SETOPTIONS. UML 6.1 does not ask for PTRACE_O_EXITKILL. Without it the guest's
 *    processes outlive a killed guest kernel as processes of the HOST, as root, and their
 *    system calls reach the host's kernel.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

enum {
	REGSET_XSTATE = 0x202,
	XSTATE_ROOM_BYTES = 64 * 1024,
};

typedef long ptrace_fn(int request, ...);

static ptrace_fn *libc_ptrace;
static char room[XSTATE_ROOM_BYTES] __attribute__((aligned(64)));

/* At load, not at first use: UML brings its own malloc, which is not ready before main. */
__attribute__((constructor)) static void find_libc_ptrace(void)
{
	libc_ptrace = (ptrace_fn *)dlsym(RTLD_NEXT, "ptrace");
}

/* Bytes that this host wants for the whole floating point state; 0 when it does not say. */
static size_t host_xstate_bytes(pid_t pid)
{
	static size_t known_bytes;
	struct iovec whole = { .iov_base = room, .iov_len = sizeof(room) };

	if (known_bytes == 0 &&
	    libc_ptrace(PTRACE_GETREGSET, pid, (void *)REGSET_XSTATE, &whole) == 0)
		known_bytes = whole.iov_len;
	return known_bytes;
}

static long set_whole_xstate(pid_t pid, const struct iovec *given)
{
	size_t wanted_bytes = host_xstate_bytes(pid);
	struct iovec padded = { .iov_base = room, .iov_len = wanted_bytes };

	if (given->iov_len >= wanted_bytes)
		return libc_ptrace(PTRACE_SETREGSET, pid, (void *)REGSET_XSTATE, given);
	memcpy(room, given->iov_base, given->iov_len);
	memset(room + given->iov_len, 0, wanted_bytes - given->iov_len);
	return libc_ptrace(PTRACE_SETREGSET, pid, (void *)REGSET_XSTATE, &padded);
}

long ptrace(enum __ptrace_request request, ...)
{
	va_list rest;
	pid_t pid;
	void *address, *data;

	va_start(rest, request);
	pid = va_arg(rest, pid_t);
	address = va_arg(rest, void *);
	data = va_arg(rest, void *);
	va_end(rest);

	/* 21 is the number from before Linux 2.6, which UML still has a name for. */
	if (request == PTRACE_SETOPTIONS || (int)request == 21)
		data = (void *)((unsigned long)data | PTRACE_O_EXITKILL);
	if (request == PTRACE_SETREGSET && (unsigned long)address == REGSET_XSTATE)
		return set_whole_xstate(pid, data);
	return libc_ptrace(request, pid, address, data);
}
