#include <algorithm>
#include <string>

#include "core/text.h"
#include "graph/lower_ops.h"

namespace ganlet {

namespace {

/// A value whose axes have letters, each once.
struct Lettered {
  ValueId id = no_value;
  std::string letters;
};

/// "ij,jk->ik" in its parts.
struct Equation {
  std::vector<std::string> inputs;
  std::string output;
};

bool has(std::string_view letters, char c) {
  return letters.find(c) != std::string_view::npos;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Without an arrow the output has the letters that occur once, in alphabetical order.
std::string implied_output(const std::vector<std::string>& inputs) {
  std::string all, once;
  for (const std::string& letters : inputs)
    all += letters;
  for (const char c : all)
    if (std::ranges::count(all, c) == 1)
      once.insert(std::ranges::lower_bound(once, c), c);
  return once;
}

Result<Equation> parsed(const Builder& builder, const std::string& text) {
  Equation equation{{""}, ""};
  bool in_output = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string& letters = in_output ? equation.output : equation.inputs.back();
    if (text[i] == ' ')
      continue;
    if (text[i] == ',' && !in_output)
      equation.inputs.emplace_back();
    else if (text.compare(i, 2, "->") == 0 && !in_output)
      in_output = ++i > 0;
    else if (!is_letter(text[i]))
      return builder.unsupported(concat("equation '", printable(text), "' has more than letters"));
    else if (has(letters, text[i]))
      return builder.unsupported(concat("equation '", printable(text), "' has a letter twice in one value"));
    else
      letters += text[i];
  }
  if (!in_output)
    equation.output = implied_output(equation.inputs);
  return equation;
}

class Einsum {
 public:
  Einsum(Builder& builder, Equation equation) : builder_(builder), equation_(std::move(equation)) {}

  Result<ValueId> of(std::span<const ValueId> operands) {
    Lettered result{operands[0], equation_.inputs[0]};
    for (std::size_t i = 1; i < operands.size(); ++i) {
      GANLET_TRY(result, product(result, {operands[i], equation_.inputs[i]}, needed_after(i)));
    }
    GANLET_TRY(result, summed(result, equation_.output));
    if (result.letters.size() != equation_.output.size())
      return builder_.error("the output has a letter that no input has");
    return ordered(result, equation_.output);
  }

 private:
  /// The letters that the output has, or inputs behind `index`.
  std::string needed_after(std::size_t index) const {
    std::string letters = equation_.output;
    for (std::size_t i = index + 1; i < equation_.inputs.size(); ++i)
      letters += equation_.inputs[i];
    return letters;
  }

  /// Sums over the axes whose letters aren't needed.
  Result<Lettered> summed(Lettered x, std::string_view needed) {
    std::vector<int> axes;
    std::string left;
    SymbolicShape shape;
    for (std::size_t axis = 0; axis < x.letters.size(); ++axis) {
      if (has(needed, x.letters[axis])) {
        left += x.letters[axis];
        shape.push_back(builder_.shape(x.id)[axis]);
      } else {
        axes.push_back(static_cast<int>(axis));
      }
    }
    if (axes.empty())
      return x;
    GANLET_TRY(const ValueId sums, reduce(builder_, op::ReduceKind::sum, x.id, axes));
    GANLET_TRY(const ValueId out, builder_.reshape(sums, std::move(shape)));
    return Lettered{out, std::move(left)};
  }

  /// The axes in the order of `letters`, all of which x has.
  Result<ValueId> ordered(const Lettered& x, std::string_view letters) {
    std::vector<int> permutation;
    for (const char c : letters)
      permutation.push_back(static_cast<int>(x.letters.find(c)));
    return builder_.transpose(x.id, std::move(permutation));
  }

  Result<SymbolicShape> sizes(const Lettered& x, std::string_view letters) const {
    SymbolicShape shape;
    for (const char c : letters)
      shape.push_back(builder_.shape(x.id)[x.letters.find(c)]);
    return shape;
  }

  Result<void> check_sizes(const Lettered& a, const Lettered& b) const {
    for (const char c : a.letters)
      if (has(b.letters, c) && builder_.shape(a.id)[a.letters.find(c)] != builder_.shape(b.id)[b.letters.find(c)])
        return builder_.error(concat("the sizes for ", std::string_view(&c, 1), " differ"));
    return {};
  }

  /// As a matrix product: letters of both that are needed lead, those of both that aren't are summed over.
  Result<Lettered> product(Lettered a, Lettered b, std::string_view needed) {
    GANLET_CHECK(check_sizes(a, b));
    GANLET_TRY(a, summed(a, concat(needed, b.letters)));
    GANLET_TRY(b, summed(b, concat(needed, a.letters)));
    std::string lead, inner, rows, columns;
    for (const char c : a.letters)
      (has(b.letters, c) ? has(needed, c) ? lead : inner : rows) += c;
    for (const char c : b.letters)
      if (!has(a.letters, c))
        columns += c;
    for (const char c : inner)
      if (builder_.shape(a.id)[a.letters.find(c)].per_batch)
        return builder_.unsupported("can't sum over the batch");
    GANLET_TRY(const ValueId left, matrices(a, lead, rows, inner));
    GANLET_TRY(const ValueId right, matrices(b, lead, inner, columns));
    GANLET_TRY(const ValueId out, matrix_multiply(builder_, left, right));
    SymbolicShape shape;
    for (const auto& [x, letters] : {std::pair(&a, &lead), std::pair(&a, &rows), std::pair(&b, &columns)}) {
      GANLET_TRY(const SymbolicShape part, sizes(*x, *letters));
      shape.insert(shape.end(), part.begin(), part.end());
    }
    GANLET_TRY(const ValueId shaped, builder_.reshape(out, std::move(shape)));
    return Lettered{shaped, concat(lead, rows, columns)};
  }

  /// (lead..., rows, columns), where the letters of rows and those of columns are one axis each.
  Result<ValueId> matrices(const Lettered& x, std::string_view lead, std::string_view rows, std::string_view columns) {
    GANLET_TRY(const ValueId in_order, ordered(x, concat(lead, rows, columns)));
    GANLET_TRY(SymbolicShape shape, sizes(x, lead));
    for (const std::string_view letters : {rows, columns}) {
      GANLET_TRY(const SymbolicShape part, sizes(x, letters));
      GANLET_TRY(const Dim size, builder_.product(part));
      shape.push_back(size);
    }
    return builder_.reshape(in_order, std::move(shape));
  }

  Builder& builder_;
  Equation equation_;
};

} // namespace

Result<void> lower_einsum(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::string text, context.word("equation", ""));
  GANLET_CHECK(context.expect_list(text.size()));
  GANLET_TRY(const Equation equation, parsed(builder, text));
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < context.input_count(); ++i) {
    GANLET_TRY(const ValueId x, context.float_input(i));
    operands.push_back(x);
  }
  bool fits = operands.size() == equation.inputs.size();
  for (std::size_t i = 0; fits && i < operands.size(); ++i)
    fits = static_cast<int>(equation.inputs[i].size()) == builder.rank(operands[i]);
  if (!fits)
    return builder.error(concat("equation '", printable(text), "' doesn't fit the inputs"));
  return context.give(Einsum(builder, equation).of(operands));
}

} // namespace ganlet
