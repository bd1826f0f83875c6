/*
 * Sets the floating point state of a stopped child in the way User-Mode Linux 6.1 does on a processor that has more of
 * it than UML knows: with a piece that is too short. Prints "set" or the error, then whether the piece arrived.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define XSTATE ((void *)0x202)
/* The legacy area and the header, which every x86-64 processor has: less than any host's whole state. */
#define SHORT_BYTES (512 + 64)
#define MXCSR_AT 24
#define ROUND_DOWN 0x2000u

int main(void)
{
	static char state[65536] __attribute__((aligned(64)));
	struct iovec whole = { state, sizeof(state) };
	unsigned int mxcsr;
	pid_t child = fork();

	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	if (ptrace(PTRACE_GETREGSET, child, XSTATE, &whole) != 0 || whole.iov_len <= SHORT_BYTES)
		return 2;
	memcpy(&mxcsr, state + MXCSR_AT, sizeof(mxcsr));
	mxcsr |= ROUND_DOWN;
	memcpy(state + MXCSR_AT, &mxcsr, sizeof(mxcsr));
	state[512] |= 2; /* SSE, which MXCSR belongs to, is in use */

	struct iovec piece = { state, SHORT_BYTES };
	if (ptrace(PTRACE_SETREGSET, child, XSTATE, &piece) != 0) {
		printf("refused: %s\n", strerror(errno));
	} else {
		memset(state, 0, sizeof(state));
		whole.iov_len = sizeof(state);
		ptrace(PTRACE_GETREGSET, child, XSTATE, &whole);
		memcpy(&mxcsr, state + MXCSR_AT, sizeof(mxcsr));
		printf("set: %s\n", mxcsr & ROUND_DOWN ? "arrived" : "lost");
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return 0;
}
