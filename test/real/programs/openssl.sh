# SPDX-License-Identifier: GPL-2.0-only OR MIT
# needs: openssl
seq 1 20000 > plain; openssl dgst -sha256 plain; openssl dgst -sha3-512 plain
cipher="-aes-256-cbc -K $(printf '%064d' 7) -iv $(printf '%032d' 9)"
openssl enc $cipher -in plain -out secret && md5sum secret
openssl enc -d $cipher -in secret | cmp - plain
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out key 2> /dev/null
openssl pkey -in key -pubout -out public; openssl asn1parse -in public | wc -l
openssl req -new -x509 -key key -subj /CN=name -days 9 -out certificate
openssl x509 -in certificate -noout -subject
openssl dgst -sha256 -sign key -out signed plain
openssl dgst -sha256 -verify public -signature signed plain
openssl prime 1000003; openssl x509 -in missing 2>&1 | wc -l
