#include "textflag.h"

// func fetch(p unsafe.Pointer, n uintptr)
TEXT ·fetch(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), AX
	MOVQ n+8(FP), CX
	ADDQ AX, CX
	ANDQ $~63, AX // the line that p is in

next:
	CMPQ AX, CX
	JAE  done
	PREFETCHT0 (AX)
	ADDQ $64, AX
	JMP  next

done:
	RET

// func fetchEach(heads []unsafe.Pointer, size uintptr, handles []handle)
TEXT ·fetchEach(SB), NOSPLIT, $0-56
	MOVQ heads_base+0(FP), BX
	MOVQ size+24(FP), R8
	MOVQ handles_base+32(FP), SI
	MOVQ handles_len+40(FP), CX
	LEAQ (SI)(CX*4), CX

each:
	CMPQ SI, CX
	JAE  fetched
	MOVL (SI), AX
	MOVL AX, DX
	SHRL $7, AX         // handle.block
	ANDL $127, DX       // handle.pos
	MOVQ (BX)(AX*8), AX
	IMULQ R8, DX
	PREFETCHT0 (AX)(DX*1)
	ADDQ $4, SI
	JMP  each

fetched:
	RET
