#include "textflag.h"

// func fetch(p unsafe.Pointer, n uintptr)
TEXT ·fetch(SB), NOSPLIT, $0-16
	MOVD p+0(FP), R0
	MOVD n+8(FP), R1
	ADD  R0, R1
	AND  $~63, R0 // the line that p is in

next:
	CMP R1, R0
	BHS done
	PRFM (R0), PLDL1KEEP
	ADD $64, R0
	JMP next

done:
	RET

// func fetchEach(heads []unsafe.Pointer, size uintptr, handles []handle)
TEXT ·fetchEach(SB), NOSPLIT, $0-56
	MOVD heads_base+0(FP), R0
	MOVD size+24(FP), R1
	MOVD handles_base+32(FP), R2
	MOVD handles_len+40(FP), R3
	ADD  R3<<2, R2, R3

each:
	CMP  R3, R2
	BHS  fetched
	MOVWU.P 4(R2), R4
	LSR  $7, R4, R5      // handle.block
	AND  $127, R4, R4    // handle.pos
	MOVD (R0)(R5<<3), R5
	MADD R1, R5, R4, R4
	PRFM (R4), PLDL1KEEP
	JMP  each

fetched:
	RET
