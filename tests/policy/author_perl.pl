# Whom messages name as their authors, by the reader that the argument names: Mail::Address or Mail::Message. Each
# comes on standard input as its length (4 octets, the highest first) and itself, and is answered with
# lines "author HEX" and "shows HEX", and an empty one.
use strict;
use warnings;

my $module = shift;
eval "require $module; 1" or die $@;
my $fields = qr/^(?:From|Sender|Resent-From|Resent-Sender)$/i;
binmode STDIN;
$| = 1;

sub say_that {
    my ($what, $text) = @_;
    return unless defined $text && length $text;
    utf8::encode($text) if utf8::is_utf8($text);
    print "$what ", unpack('H*', $text), "\n";
}

sub say_address {
    my ($address) = @_;
    say_that('author', $address->address);
    say_that('shows', scalar $address->phrase);
    say_that('shows', scalar $address->comment);
    say_that('shows', scalar $address->name);
}

sub by_address {
    my ($message) = @_;
    my ($header) = split /\r\n\r\n/, $message, 2;
    for my $field (split /\r\n(?![ \t])/, $header) {
        my ($name, $value) = split /[ \t]*:/, $field, 2;
        next unless defined $value && $name =~ $fields;
        $value =~ s/\r\n(?=[ \t])//g;
        say_address($_) for Mail::Address->parse($value);
    }
}

sub by_message {
    my $message = Mail::Message->read(\$_[0]) or return;
    for my $name (qw(From Sender Resent-From Resent-Sender)) {
        for my $field ($message->head->get($name)) {
            say_address($_) for $field->addresses;
            my $studied = eval { $field->study } or next;
            say_that('shows', eval { $studied->decodedBody });
            for my $address (eval { $studied->addresses }) {
                say_that('author', $address->address);
                say_that('shows', eval { scalar $address->phrase });
                say_that('shows', eval { scalar $address->comment });
            }
            say_that('shows', eval { $_->name }) for eval { $studied->groups };
        }
    }
}

while (read(STDIN, my $head, 4) == 4) {
    read(STDIN, my $message, unpack('N', $head));
    eval { $module eq 'Mail::Address' ? by_address($message) : by_message($message) };
    print "\n";
}
