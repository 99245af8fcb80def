# The first that would see what the early stage left, and the network that it wrote.
/usr/lib/boot-test/record misc begin
