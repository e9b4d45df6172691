# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: guile
# A collector that stops threads by signals, and protects the end of its own stack.
cat >program.scm <<'END'
(use-modules (system vm vm))
(use-modules (ice-9 threads))
(define (make n) (if (= n 0) '() (cons (make-string 50 #\a) (make (- n 1)))))
(display (length (let loop ((i 0) (l '())) (if (= i 200) l (loop (+ i 1) (make 1000)))))) (newline)
(gc)
(define (deep n) (+ 1 (deep n)))
(display (catch 'stack-overflow (lambda () (call-with-stack-overflow-handler 100000 (lambda () (deep 1)) (lambda () (throw 'stack-overflow)))) (lambda args "overflow"))) (newline)
(display (par-map (lambda (x) (* x x)) '(1 2 3 4))) (newline)
(sigaction SIGUSR1 (lambda (s) (display "signal") (newline)))
(kill (getpid) SIGUSR1)
(usleep 10000)
(display (string-length (object->string (iota 10000)))) (newline)
END
guile --no-auto-compile program.scm
